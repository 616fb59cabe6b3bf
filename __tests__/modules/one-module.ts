/** A stack for one module, and inputs that tests of single modules share. */
import { App, TerraformStack, Testing } from "cdktf";
import { temporary } from "./synthesized";

type Blocks = Record<string, Record<string, Record<string, unknown>>>;

export const app = () => new App({ outdir: temporary() });

export const blocksOf = (stack: TerraformStack): { resource: Blocks; data: Blocks } => {
  const { resource = {}, data = {} } = JSON.parse(Testing.synth(stack));
  return { resource, data };
};

export const withStack = <T>(make: (stack: TerraformStack) => T) => {
  const stack = new TerraformStack(app(), "test");
  const made = make(stack);
  return { made, ...blocksOf(stack) };
};

export const TOPICS = {
  critical_alerts_topic_arn: "arn:aws:sns:eu-west-1:123456789012:critical",
  performance_alerts_topic_arn: "arn:aws:sns:eu-west-1:123456789012:performance",
};

export const ALARM = {
  severity: "performance",
  summary: "Something is high",
  statistic: "Sum",
  periodSeconds: 60,
  datapointsToAlarm: 1,
  evaluationPeriods: 1,
  comparison: ">=",
  threshold: 1,
  treatMissingData: "notBreaching",
} as const;

export const RETRIES = { kind: "measure", unit: "Count", from: [{ levels: ["WARN"] }], about: "retries" } as const;
