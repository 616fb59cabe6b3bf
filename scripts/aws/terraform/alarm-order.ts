/** Applies the alarms of an environment while one switch after the other goes off, with the real provider and a local CloudWatch. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { naming } from "../../../modules/naming";
import type { Environment } from "../../../modules/variables";
import { stackFor } from "../../build/stack-for";
import { readTerraformJson } from "../../build/stacks";
import { temporaryFolder } from "../../terminal/processes";
import { startAlarmService } from "./alarm-service";
import { type Served, withProvider } from "./provider-server";
import { isolatedEnv, type Place, terraform } from "./working-copy";

/** Switches that remove alarms which composite alarms name: add a row. */
const SWITCHES = ["enable_memory_alarm", "enable_dead_letter_queue"] as const satisfies readonly (keyof Environment)[];

const ON = {
  alarm_routing: "incident",
  ...Object.fromEntries(SWITCHES.map((name) => [name, true])),
} as Partial<Environment>;

const ALARMS = ["aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"] as const;

type Resources = Readonly<Record<string, Readonly<Record<string, { readonly lifecycle?: object }>>>>;

/** The value of a reference to a resource that is left out. */
const standIn = (reference: string): string =>
  reference.endsWith(".arn}") ? "arn:aws:sns:us-east-1:123456789012:topic" : "1";

/** @returns the alarms of the environment alone, as a configuration */
const alarmsOf = (environment: Environment, keepsLifecycle: boolean): object => {
  const { resource } = readTerraformJson(stackFor(environment)) as unknown as { resource: Resources };
  const kept = Object.fromEntries(ALARMS.flatMap((type) => (resource[type] ? [[type, resource[type]]] : [])));
  const text = JSON.stringify(kept, (name, value) => (name === "lifecycle" && !keepsLifecycle ? undefined : value));
  return JSON.parse(text.replaceAll(/\$\{(?!aws_cloudwatch_(?:metric|composite)_alarm)[^}]+\}/g, standIn));
};

const provider = (endpoint: string) => ({
  region: "us-east-1",
  endpoints: [{ cloudwatch: endpoint }],
  skip_credentials_validation: true,
  skip_metadata_api_check: "true",
  skip_requesting_account_id: true,
});

interface Step {
  /** The switch that goes off. */
  readonly name: string;
  /** Changes in the order in which CloudWatch got them. */
  readonly changes: readonly string[];
}

interface OrderOptions {
  /** Whether alarms keep create_before_destroy. Without it, CloudWatch refuses. @default true */
  readonly keepsLifecycle?: boolean;
  /** @default all */
  readonly switches?: readonly (typeof SWITCHES)[number][];
}

/**
 * @returns the changes for each switch
 * @throws Error of one line if Terraform fails, for example because CloudWatch refuses a change
 */
const alarmSteps = async (
  environment: Environment,
  { keepsLifecycle = true, switches = SWITCHES }: OrderOptions = {},
): Promise<Step[]> => {
  const service = await startAlarmService();
  const folder = join(temporaryFolder(), "alarms");
  await mkdir(folder);
  const place: Place = { name: "the alarms", folder, env: await isolatedEnv(temporaryFolder()) };
  let served: Served | undefined;
  let current: Environment = { ...environment, ...ON };
  const apply = async (): Promise<string[]> => {
    const before = service.changes.length;
    const main = {
      // The local CloudWatch speaks the protocol of this version.
      terraform: { required_providers: { aws: { source: "hashicorp/aws", version: "~> 5.100" } } },
      provider: { aws: [provider(service.endpoint)] },
      resource: alarmsOf(current, keepsLifecycle),
    };
    await writeFile(join(folder, "main.tf.json"), JSON.stringify(main));
    if (served === undefined) {
      await terraform(place, ["init", "-input=false", "-no-color"], 300);
      served = await withProvider(place);
    }
    await terraform(served, ["apply", "-auto-approve", "-input=false", "-no-color", "-refresh=false"], 300);
    return service.changes.slice(before);
  };
  try {
    await apply();
    const steps: Step[] = [];
    for (const name of switches) {
      current = { ...current, [name]: false };
      steps.push({ name, changes: await apply() });
    }
    return steps;
  } finally {
    await served?.stop();
    await service.stop();
  }
};

/** The short name at the end of a change of an alarm. */
const shortened = (change: string, functionName: string): string => change.replace(`${functionName}-`, "");

/**
 * Terraform would delete an alarm before it updates the composite alarm that names it, and CloudWatch refuses that.
 * @returns the changes of each switch in their order, as one line each
 * @throws Error of one line if CloudWatch refuses a change, or if it does not refuse one without create_before_destroy: then this
 *   check would show nothing
 */
export const checkAlarmOrder = async (environment: Environment): Promise<string[]> => {
  const steps = await alarmSteps(environment);
  const { functionName } = naming(environment);
  const lines = steps.map(({ name, changes }) => {
    const update = changes.findIndex((change) => change.startsWith("PutCompositeAlarm"));
    const deletion = changes.findIndex((change) => change.startsWith("DeleteAlarms"));
    if (update === -1 || deletion === -1)
      throw new Error(
        `Expected a composite alarm to change with ${name}, and an alarm to go, but got ${changes.join(", ")}`,
      );
    return `${name} off: ${changes.map((change) => shortened(change, functionName)).join(", ")}`;
  });
  const [first] = SWITCHES;
  const refusal = await alarmSteps(environment, { keepsLifecycle: false, switches: [first] }).then(
    () => undefined,
    (error: Error) => error.message,
  );
  if (refusal?.includes("cannot be deleted")) return lines;
  throw new Error(
    `Expected CloudWatch to refuse a deletion without create_before_destroy but got ${refusal ?? "no error"}`,
  );
};
