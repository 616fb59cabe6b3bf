/** `npm run images`: shows the state of uploads, from the metadata table of an environment. */
import { Command, Option } from "commander";
import pc from "picocolors";
import { clientsFor } from "../aws/clients";
import {
  type ListedState,
  listedStates,
  problemRecords,
  recordsOfKey,
  recordsTableOf,
  type UploadRecord,
} from "../aws/records";
import { environmentNamed } from "../build/environments";
import { ago } from "../terminal/ago";
import { runCommand } from "../terminal/cli";
import { endpointOption, environmentArgument, wholeNumber } from "../terminal/options";
import { grouped, table } from "../terminal/table";

interface Options {
  readonly state?: ListedState;
  readonly max: number;
  readonly json?: true;
  readonly endpointUrl?: string;
}

const COLOURS: Readonly<Partial<Record<UploadRecord["state"], (text: string) => string>>> = {
  processed: pc.green,
  refused: pc.red,
  failed: pc.red,
};

const coloured = (state: UploadRecord["state"]): string => (COLOURS[state] ?? pc.yellow)(state);

const since = (time: string): string => ago(Date.now() - Date.parse(time));

const reasonOf = ({ reason, detail }: UploadRecord): string => [reason, detail].filter(Boolean).join(": ");

const list = (records: readonly UploadRecord[]): string =>
  table(
    { state: "left", when: "left", attempts: "right", key: "left", reason: "left" },
    records.map((record) => [
      coloured(record.state),
      since(record.updatedAt),
      String(record.attempts ?? 0),
      record.key,
      reasonOf(record),
    ]),
  );

const pictureOf = ({ format, widthPx, heightPx, sizeBytes }: UploadRecord): string | undefined => {
  const size = sizeBytes === undefined ? undefined : `${grouped(sizeBytes)} bytes`;
  const picture = format === undefined ? undefined : `${format}, ${widthPx} × ${heightPx} px`;
  return [picture, size].filter(Boolean).join(", ") || undefined;
};

const variantsOf = ({ variants }: UploadRecord): string[] =>
  variants === undefined
    ? []
    : [
        table(
          { variant: "left", bytes: "right", key: "left" },
          Object.entries(variants)
            .sort()
            .map(([name, { key, bytes }]) => [name, grouped(bytes), key]),
        ),
      ];

/** All that the table knows about one version. */
const details = (record: UploadRecord): string => {
  const rows: Readonly<Record<string, string | undefined>> = {
    state: `${coloured(record.state)}, ${since(record.updatedAt)}`,
    reason: reasonOf(record) || undefined,
    picture: pictureOf(record),
    received: record.receivedAt,
    updated: record.updatedAt,
    attempts: String(record.attempts ?? 0),
  };
  return [
    `${pc.bold(record.key)}  ${pc.dim(`version ${record.version}`)}`,
    ...Object.entries(rows).flatMap(([name, text]) =>
      text === undefined ? [] : [`  ${pc.dim(name.padEnd(8))}  ${text}`],
    ),
    ...variantsOf(record),
  ].join("\n");
};

const run = async (env: string, key: string | undefined, options: Options): Promise<void> => {
  const { state, max, json } = options;
  const environment = await environmentNamed(env);
  const records = recordsTableOf(clientsFor(environment.aws_region, options.endpointUrl).dynamodb, environment);
  const states = state === undefined ? listedStates : [state];
  const found =
    key === undefined
      ? await problemRecords(records, states, max)
      : (await recordsOfKey(records, key, max)).filter((each) => state === undefined || each.state === state);
  if (json) console.log(JSON.stringify({ environment: env, records: found }, undefined, 2));
  else if (found.length > 0)
    console.log(key === undefined ? list(found) : found.map((each) => details(each)).join("\n\n"));
  else if (key === undefined) console.log(`No upload is ${states.join(" or ")}.`);
  else console.log(`${records.name} has no ${state === undefined ? "" : `${state} `}record of ${key}.`);
  if (key !== undefined && found.length === 0) process.exitCode = 1;
};

export const command = new Command("npm run images --")
  .description(
    "Shows the state of uploads, from the metadata table of an environment, with the shell's credentials. " +
      "With a key, all that is known about each of its versions; without one, the uploads that failed or were refused.",
  )
  .addArgument(environmentArgument())
  .argument("[key]", "key of an upload")
  .addOption(new Option("--state <state>", "only uploads in this state").choices(listedStates))
  .addOption(
    new Option("--max <records>", "maximum number of records").argParser(wholeNumber("--max", 1, 10_000)).default(50),
  )
  .option("--json", "print JSON")
  .addOption(endpointOption())
  .addHelpText("after", "\nExit code 1: the table cannot be read, or it has no record of the key.")
  .action(run);

if (require.main === module) void runCommand(command);
