/** Runs `npm run deploy`, `plan` and `destroy` against a private emulator. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DeleteBucketPolicyCommand, ListBucketsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { clientsFor } from "../../aws/clients";
import { startMoto } from "../../aws/terraform/moto";
import { stateFileOf } from "../../aws/terraform/target";
import { withoutPersonal } from "../../aws/terraform/working-copy";
import { devStack } from "../../build/local-stack";
import { PROJECT } from "../../build/stacks";
import { readBlueprint } from "../../sandbox/blueprint";
import { startSandbox } from "../../sandbox/sandbox";
import { type Outcome, removeAtExit, run, temporaryFolder } from "../../terminal/processes";
import { RUN_TYPESCRIPT } from "../../terminal/run-typescript";
import { guideCommands } from "../guide/commands";
import type { Finding } from "./finding";
import { leftovers } from "./leftovers";

const LIMIT_SECONDS = 300;

/** moto cannot run functions, so these commands use a local run. */
const NEEDS_FUNCTION = ["smoke", "logs"];

const NO_HISTORY =
  "exit 1: error: Expected an answer to DescribeAlarmHistory but got HTTP 500 and no JSON: the endpoint may not know it";

/** @param line for example `npm run deploy -- dev` */
const guideWords = (line: string): [verb: string, environment: string, ...args: string[]] => {
  const [verb = "", environment = "", ...args] = line.replace("npm run ", "").replace(" -- ", " ").split(" ");
  return [verb, environment, ...args];
};

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";

const summary = ({ code, stdout, stderr }: Outcome): string =>
  `exit ${code}: ${lastLine(code === 0 ? stdout : stderr)}`;

/** @returns the names of `doctor`'s checks with findings, by state */
const statesOf = ({ stdout, stderr }: Outcome): Record<string, string[]> | string => {
  if (!stdout.startsWith("{")) return lastLine(stderr);
  const { diagnoses } = JSON.parse(stdout) as { diagnoses: { check: string; findings: { state: string }[] }[] };
  const by = (state: string) =>
    diagnoses.filter(({ findings }) => findings.some((each) => each.state === state)).map(({ check }) => check);
  return { warning: by("warning"), problem: by("problem"), unknown: by("unknown") };
};

/**
 * @param environment name of an environment
 * @param region region of the deployment
 */
export const deployRound = async (environment: string, region: string): Promise<Finding[]> => {
  const moto = await startMoto(0);
  const state = stateFileOf(environment, moto.endpoint);
  for (const file of [state, `${state}.backup`]) removeAtExit(file);
  const out = temporaryFolder();
  const env = { ...withoutPersonal(process.env), CDKTF_OUTDIR: join(out, "cdktf"), NO_COLOR: "1" };
  const local = await startSandbox({ blueprint: readBlueprint(await devStack()) });
  const command = (verb: string, ...args: string[]): Promise<Outcome> => {
    const { endpoint } = NEEDS_FUNCTION.includes(verb) ? { endpoint: local.endpointUrl } : moto;
    const line = [...RUN_TYPESCRIPT, `scripts/commands/${verb}.ts`, environment, ...args, "--endpoint-url", endpoint];
    return run({ program: process.execPath, args: line, cwd: PROJECT, env, limitSeconds: LIMIT_SECONDS });
  };

  const guide = guideCommands("With an account").map(guideWords);
  const guided: (readonly [verb: string, outcome: Outcome])[] = [];
  for (const [verb, , ...args] of guide.slice(0, -1)) guided.push([verb, await command(verb, ...args)]);
  await local.stop();
  const planned = await command("plan", "--out", out);
  const examined = await command("doctor", "--json");
  const aws = clientsFor(region, moto.endpoint);
  const { Buckets = [] } = await aws.s3.send(new ListBucketsCommand({}));
  // With the policy, moto refuses every request for an object: see moto-gaps.
  for (const { Name: Bucket } of Buckets) await aws.s3.send(new DeleteBucketPolicyCommand({ Bucket }));
  const full = Buckets.find(({ Name }) => Name?.includes("-upload-"))?.Name;
  for (const Body of ["once", "and again"])
    await aws.s3.send(new PutObjectCommand({ Bucket: full, Key: "a.jpg", Body }));
  const refused = await command("destroy");
  const [, , ...lastArgs] = guide.at(-1) ?? [];
  const destroyed = await command("destroy", ...lastArgs);
  const left = await leftovers(aws);
  await moto.stop();

  const lastCommand = lastLine(guided.find(([verb]) => verb === "deploy")?.[1].stdout ?? "");
  return [
    {
      title: "the guide: its commands for an account succeed, except the alarm's history, which moto lacks",
      expected: guide
        .slice(0, -1)
        .map(([verb, , ...args]) => (args[0] === "test" ? [verb, NO_HISTORY] : [verb, "exit 0"])),
      got: guided.map(([verb, outcome]) => [verb, outcome.code === 0 ? "exit 0" : summary(outcome)]),
    },
    {
      title: "deploy: ends with a command to copy",
      expected: true,
      got: /^aws cloudwatch set-alarm-state .* --endpoint-url /.test(lastCommand.trim()),
    },
    {
      title: "doctor: finds only missing uploads and subscribers; moto has no account settings",
      expected: [0, { warning: ["metrics", "subscriptions"], problem: [], unknown: ["concurrency"] }],
      got: [examined.code, statesOf(examined)],
    },
    {
      title: "plan: writes what a deployment would change: only a gap of moto",
      expected: [0, `## Plan for ${environment}: 0 to create, 1 to change, 0 to replace, 0 to destroy.`],
      got: [planned.code, readFileSync(join(out, "plan.md"), "utf8").split("\n")[0]],
    },
    {
      title: "destroy: refuses to delete objects, with their number",
      expected: `exit 1: error: Expected empty buckets but got 2 object versions in ${full}: --empty-buckets deletes them permanently. Nothing was destroyed`,
      got: summary(refused),
    },
    {
      title: "destroy: deletes them with --empty-buckets",
      expected: `exit 0: ${environment} is destroyed.`,
      got: summary(destroyed),
    },
    { title: "destroy: nothing is left", expected: [], got: left },
  ];
};
