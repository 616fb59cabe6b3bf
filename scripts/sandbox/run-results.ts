/** What ResultWriter stores of a run: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html */
import type { Batch } from "./map-run";
import type { StateMachineBlueprint } from "./state-machine";

/** Files, and the states of the batches in each. */
const FILES = {
  SUCCEEDED: ["SUCCEEDED"],
  FAILED: ["FAILED", "TIMED_OUT", "ABORTED"],
  PENDING: ["PENDING", "RUNNING"],
} as const satisfies Record<string, readonly Batch["status"][]>;

const iso = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString());

const entryOf = (
  { arn, input, output, status, startedMs, endedMs, error, cause, redrives }: Batch,
  machine: string,
) => ({
  ExecutionArn: arn,
  Input: input,
  InputDetails: { Included: true },
  Name: arn.split(":").at(-1),
  ...(output !== undefined && { Output: output, OutputDetails: { Included: true } }),
  ...(error !== undefined && { Error: error, Cause: cause }),
  RedriveCount: redrives,
  StartDate: iso(startedMs),
  StateMachineArn: machine,
  Status: status,
  StopDate: iso(endedMs),
});

/** @returns each file with its key; the manifest comes last */
export const resultFiles = (
  { arn, label }: Pick<StateMachineBlueprint, "arn" | "label">,
  to: { readonly bucket: string; readonly prefix: string },
  mapRunArn: string,
  batches: readonly Batch[],
): [key: string, text: string][] => {
  const folder = `${to.prefix}/${mapRunArn.split(":").at(-1)}`;
  const files = Object.entries(FILES).map(([name, states]) => {
    const wanted = batches.filter(({ status }) => (states as readonly string[]).includes(status));
    const text = JSON.stringify(wanted.map((batch) => entryOf(batch, `${arn}/${label}`)));
    return { name, key: `${folder}/${name}_0.json`, text, isEmpty: wanted.length === 0 };
  });
  const listed = files.map(({ name, key, text, isEmpty }) => [
    name,
    isEmpty ? [] : [{ Key: key, Size: Buffer.byteLength(text) }],
  ]);
  const manifest = { DestinationBucket: to.bucket, MapRunArn: mapRunArn, ResultFiles: Object.fromEntries(listed) };
  return [
    ...files.flatMap(({ key, text, isEmpty }): [string, string][] => (isEmpty ? [] : [[key, text]])),
    [`${folder}/manifest.json`, JSON.stringify(manifest)],
  ];
};
