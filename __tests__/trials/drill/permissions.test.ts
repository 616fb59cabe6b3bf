/** The function's role against the calls of the real package, in every environment: no permission is missing or unused. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENVIRONMENTS as FOLDER } from "../../../modules/environment";
import { drillStack } from "../../../scripts/build/local-stack";
import { photo } from "../../../scripts/faults/pictures";
import { FUNCTION_ACCESS_KEY_ID } from "../../../scripts/sandbox/api-call";
import { readBlueprint } from "../../../scripts/sandbox/blueprint";
import { readStack } from "../../../scripts/sandbox/read-stack";
import type { Stack } from "../../../scripts/sandbox/terraform-json";
import type { Evidence } from "../../../scripts/trials/drill/evidence";
import { executionProblems } from "../../../scripts/trials/drill/executions";
import { type Mutant, mutantsOf } from "../../../scripts/trials/drill/mutants";
import { OTHERS } from "../../../scripts/trials/drill/other-runs";
import { permissionProblems } from "../../../scripts/trials/drill/permissions";
import { releaseProblems } from "../../../scripts/trials/drill/releases";
import { trustProblems } from "../../../scripts/trials/drill/trust";

const ROOT = join(__dirname, "../../..");

const ENVIRONMENTS = readdirSync(FOLDER).map((file) => file.replace(".tfvars", ""));

interface Run {
  readonly stackDir: string;
  readonly evidence: Evidence;
}

const runs = new Map<string, Run>();

beforeAll(async () => {
  for (const environment of ENVIRONMENTS) {
    const stackDir = await drillStack(environment);
    const blueprint = readBlueprint(stackDir);
    const healthy = await OTHERS.healthy.run(blueprint, [await photo()]);
    runs.set(environment, {
      stackDir,
      evidence: { blueprint, delivery: "typical", recordings: new Map([["healthy", healthy]]) },
    });
  }
});

const runOf = (environment: string): Run => {
  const run = runs.get(environment);
  if (run === undefined) throw new Error(`Expected a run of ${environment} but got none`);
  return run;
};

/** Each kind of problem by itself, the cheapest first: one is enough to notice a mutant. */
const CHECKS: readonly ((stack: Stack, stackDir: string, evidence: Evidence) => string[])[] = [
  (stack, _, evidence) => permissionProblems(stack, evidence.blueprint, evidence),
  (stack, stackDir) => trustProblems(stack, readBlueprint(stackDir)),
  (stack, stackDir) => releaseProblems(stack, readBlueprint(stackDir)),
  (stack, _, evidence) => executionProblems(stack, evidence.blueprint),
];

const problemsOf = (stackDir: string, evidence: Evidence): string[] => {
  const stack = readStack(stackDir);
  return CHECKS.flatMap((check) => check(stack, stackDir, evidence));
};

/** @returns mutants that were not noticed */
const survivors = ({ stackDir, evidence }: Run, wanted: (mutant: Mutant) => boolean): string[] => {
  const folder = mkdtempSync(join(tmpdir(), "permissions-"));
  try {
    const stack = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8"));
    const mutants = mutantsOf(stack, "").filter(wanted);
    if (mutants.length === 0) throw new Error("Expected mutants but got none");
    const survives = ({ stack: changed }: Mutant) => {
      writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(changed));
      try {
        const read = readStack(folder);
        return CHECKS.every((check) => check(read, folder, evidence).length === 0);
      } catch {
        // A stack with a broken reference cannot be read, so the change is noticed.
        return false;
      }
    };
    return mutants.filter(survives).map(({ name }) => name);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

describe.each(ENVIRONMENTS)("the role of %s", (environment) => {
  it("allows exactly the calls of the package and the needs of services in the ledger", () => {
    const { stackDir, evidence } = runOf(environment);

    expect(problemsOf(stackDir, evidence)).toEqual([]);
  });

  it("is refused without any one of its actions, and with an additional one", () => {
    expect(survivors(runOf(environment), ({ name }) => name.startsWith("aws_iam_role_policy."))).toEqual([]);
  });
});

describe("permissions to publish, write and decrypt", () => {
  it("are refused if a statement, an action, a service or an account is changed", () => {
    const isTrust = ({ name }: Mutant) => /^aws_(kms_key|sns_topic_policy|s3_bucket_policy)\./.test(name);

    expect(survivors(runOf("prod"), isTrust)).toEqual([]);
  });

  it("are named if alarms cannot use the key of their topics", () => {
    const { stackDir, evidence } = runOf("prod");
    const folder = mkdtempSync(join(tmpdir(), "permissions-"));
    try {
      const text = readFileSync(join(stackDir, "cdk.tf.json"), "utf8");
      const stack = JSON.parse(text);
      const [key] = Object.values<{ policy: string }>(stack.resource.aws_kms_key);
      if (key) key.policy = key.policy.replace("cloudwatch.amazonaws.com", "events.amazonaws.com");
      writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(stack));

      const lost = (action: string, end: string) =>
        `CloudWatch has no ${action} on the key of image-processor-prod-${end}, so its messages are lost`;
      expect(problemsOf(folder, evidence)).toEqual(
        ["critical-alerts", "log-alerts", "performance-alerts"].flatMap((end) => [
          lost("kms:Decrypt", end),
          lost("kms:GenerateDataKey", end),
        ]),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** Commands that S3 authorizes by the action of another: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
const AUTHORIZED_AS: Readonly<Record<string, string>> = { HeadObject: "GetObject" };

/** Runs only where delete_variants_with_upload is on, which is off in prod. */
const SWITCHED_OFF = "removal.ts";

describe("the handler's sources", () => {
  it("use no SDK command that the runs did not call", () => {
    const sources = readdirSync(join(ROOT, "handler/src"))
      // A folder holds another function.
      .filter((file) => file.endsWith(".ts") && file !== SWITCHED_OFF)
      .map((file) => readFileSync(join(ROOT, "handler/src", file), "utf8"));
    const commands = new Set(
      sources.flatMap((text) =>
        [...text.matchAll(/new (\w+)Command\(/g)].map(([, name = ""]) => AUTHORIZED_AS[name] ?? name),
      ),
    );

    const called = [...runs.values()]
      .flatMap(({ evidence }) => [...evidence.recordings.values()])
      .flatMap(({ calls }) => calls)
      .filter(({ caller }) => caller === FUNCTION_ACCESS_KEY_ID)
      // With a VersionId, GetObject needs s3:GetObjectVersion.
      .map(({ action }) => action.replace(/^\w+:/, "").replace(/Version$/, ""));
    expect(new Set(called)).toEqual(commands);
  });
});
