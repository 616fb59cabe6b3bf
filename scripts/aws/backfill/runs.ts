/** Runs of an environment's backfill: starts, watches, stops and resumes them, and reads what failed. */
import { randomBytes } from "node:crypto";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import {
  DescribeMapRunCommand,
  type ExecutionListItem,
  ListExecutionsCommand,
  ListMapRunsCommand,
  type MapRunItemCounts,
  RedriveExecutionCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { type BackfillRun, MANIFESTS, RESULTS } from "../../../handler/contract/backfill";
import { naming } from "../../../modules/naming";
import type { Environment } from "../../../modules/variables";
import { answerTo, deployedAnswerTo } from "../account";
import { bucketsOf, onlyBucket } from "../account-uploads";
import type { Clients } from "../clients";
import type { WantedObject } from "./objects";

/** The state machine of an environment, and the bucket of its lists. */
export interface BackfillService {
  readonly clients: Clients;
  readonly environment: Environment;
  readonly stateMachineArn: string;
  readonly bucket: string;
}

export interface Run {
  readonly name: string;
  readonly arn: string;
  readonly status: string;
  readonly started: Date;
  /** @default it is running */
  readonly ended?: Date;
}

/** @throws Error of one line if backfills are off; NotDeployed */
export const requireBackfill = ({ environment: name, enable_backfill }: Environment): void => {
  if (!enable_backfill) throw new Error(`${name} has no backfill: enable_backfill is false`);
};

/** @param functionArn of the backfill's function, whose region and account are those of the state machine */
export const backfillOf = async (
  clients: Clients,
  environment: Environment,
  functionArn: string,
): Promise<BackfillService> => {
  const { backfill, bucketPrefixes } = naming(environment);
  const [start] = functionArn.replace(":lambda:", ":states:").split(":function:");
  return {
    ...{ clients, environment },
    stateMachineArn: `${start}:stateMachine:${backfill.stateMachineName}`,
    bucket: onlyBucket(await bucketsOf(clients.s3), environment, bucketPrefixes.backfill),
  };
};

const runOf = ({ name = "", executionArn: arn = "", status, startDate, stopDate }: ExecutionListItem): Run => ({
  ...{ name, arn, status: status ?? "UNKNOWN" },
  started: startDate ?? new Date(0),
  ...(stopDate && { ended: stopDate }),
});

/** @returns the newest runs first */
export const listRuns = async (
  { clients, environment, stateMachineArn }: BackfillService,
  maxResults: number,
): Promise<Run[]> => {
  const answer = clients.sfn.send(new ListExecutionsCommand({ stateMachineArn, maxResults }));
  const missing = `state machine ${stateMachineArn}`;
  const { executions = [] } = await deployedAnswerTo("ListExecutions", answer, { environment, missing });
  return executions.map(runOf);
};

/** @returns how many objects are in each state; undefined while Step Functions reads the manifest */
export const countsOf = async (
  { clients: { sfn } }: BackfillService,
  { arn }: Run,
): Promise<MapRunItemCounts | undefined> => {
  const { mapRuns = [] } = await answerTo("ListMapRuns", sfn.send(new ListMapRunsCommand({ executionArn: arn })));
  const [mapRun] = mapRuns;
  if (mapRun === undefined) return undefined;
  const command = new DescribeMapRunCommand({ mapRunArn: mapRun.mapRunArn });
  return (await answerTo("DescribeMapRun", sfn.send(command))).itemCounts;
};

/** @returns a name that sorts by time */
const newName = (now: Date): string =>
  `${now.toISOString().slice(0, 19).replaceAll(":", "-")}-${randomBytes(2).toString("hex")}`;

/** Writes the manifest and starts a run. @returns its name @throws Error of one line */
export const startRun = async (
  { clients, stateMachineArn, bucket }: BackfillService,
  uploadBucket: string,
  objects: readonly WantedObject[],
  all: boolean,
): Promise<string> => {
  const name = newName(new Date());
  const run: BackfillRun = { manifest: `${MANIFESTS}${name}.jsonl`, results: `${RESULTS}${name}`, all };
  const lines = objects.map(({ key }) => `${JSON.stringify({ bucket: uploadBucket, key })}\n`);
  const manifest = new PutObjectCommand({ Bucket: bucket, Key: run.manifest, Body: lines.join("") });
  await answerTo("PutObject", clients.s3.send(manifest));
  const start = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(run) });
  await answerTo("StartExecution", clients.sfn.send(start));
  return name;
};

/**
 * @param timeoutSeconds of the function
 * @returns how long invocations of the newest run may continue after its end, in milliseconds: they use the reserved concurrency
 */
export const openInvocationsMs = async (service: BackfillService, timeoutSeconds: number): Promise<number> => {
  const [newest] = await listRuns(service, 1);
  if (newest?.ended === undefined || newest.status === "SUCCEEDED") return 0;
  const timeoutMs = 1_000 * timeoutSeconds;
  // No longer than the timeout, where the clocks differ.
  return Math.min(Math.max(newest.ended.getTime() + timeoutMs - Date.now(), 0), timeoutMs);
};

export const stopRun = async ({ clients: { sfn } }: BackfillService, { arn }: Run): Promise<void> => {
  const cause = "npm run backfill -- --stop";
  await answerTo("StopExecution", sfn.send(new StopExecutionCommand({ executionArn: arn, cause })));
};

export const resumeRun = async ({ clients: { sfn } }: BackfillService, { arn }: Run): Promise<void> => {
  await answerTo("RedriveExecution", sfn.send(new RedriveExecutionCommand({ executionArn: arn })));
};

const jsonOf = async <T>({ clients: { s3 }, bucket }: BackfillService, Key: string): Promise<T> => {
  const { Body } = await answerTo("GetObject", s3.send(new GetObjectCommand({ Bucket: bucket, Key })));
  return JSON.parse((await Body?.transformToString()) ?? "") as T;
};

interface ResultManifest {
  readonly ResultFiles: Readonly<Record<string, readonly { readonly Key: string }[]>>;
}

/** Files of the results whose objects a retry processes again. */
const UNFINISHED = ["FAILED", "PENDING"];

/** @returns the objects of a run's batches that failed or did not run @throws Error of one line if it has no results */
export const unfinishedObjects = async (service: BackfillService, name: string): Promise<WantedObject[]> => {
  const { clients, bucket } = service;
  const list = new ListObjectsV2Command({ Bucket: bucket, Prefix: `${RESULTS}${name}/` });
  const { Contents = [] } = await answerTo("ListObjectsV2", clients.s3.send(list));
  const manifest = Contents.map(({ Key = "" }) => Key).find((key) => key.endsWith("/manifest.json"));
  if (manifest === undefined)
    throw new Error(`Expected a run with results for --retry but got ${JSON.stringify(name)}: --status lists the runs`);
  const { ResultFiles } = await jsonOf<ResultManifest>(service, manifest);
  const objects: WantedObject[] = [];
  for (const { Key } of UNFINISHED.flatMap((file) => ResultFiles[file] ?? []))
    for (const { Input } of await jsonOf<{ readonly Input: string }[]>(service, Key))
      for (const { key } of (JSON.parse(Input) as { readonly Items: { readonly key: string }[] }).Items)
        objects.push({ key });
  return objects;
};
