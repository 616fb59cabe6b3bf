/** Checks that the role of a state machine allows exactly what its runs need. */
import type { Blueprint, BucketBlueprint } from "../../sandbox/blueprint";
import type { Stack } from "../../sandbox/terraform-json";
import { covers, type Statement, statementsOf } from "./policies";

type Machine = Blueprint["stateMachines"][number];

interface Need {
  readonly action: string;
  /** ARN of something that it is needed on. */
  readonly on: string;
  /** A value that the statement's condition must contain. @default no condition is needed */
  readonly for?: string;
}

/** What a run reads and writes, by the prefixes that the command uses. */
const MANIFEST = "manifests/a.jsonl";
const RESULT = "results/a/b/manifest.json";

/** https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html */
const needsOf = ({ arn, name, label, functionArn }: Machine, bucket: BucketBlueprint): Need[] => {
  const execution = arn.replace(`:stateMachine:${name}`, `:execution:${name}`);
  const { arn: bucketArn, keyArn } = bucket;
  return [
    { action: "lambda:InvokeFunction", on: functionArn },
    { action: "s3:GetObject", on: `${bucketArn}/${MANIFEST}` },
    ...["s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"].map((action) => ({
      ...{ action, on: `${bucketArn}/${RESULT}` },
    })),
    { action: "states:StartExecution", on: arn },
    { action: "states:DescribeExecution", on: `${execution}:a` },
    { action: "states:StopExecution", on: `${execution}:a` },
    { action: "states:RedriveExecution", on: `${execution}/${label}:a` },
    ...(keyArn === undefined
      ? []
      : ["kms:Decrypt", "kms:GenerateDataKey"].map((action) => ({ action, on: keyArn, for: bucketArn }))),
  ];
};

const statementsOfMachine = (stack: Stack, { name }: Machine): Statement[] => {
  const roles = stack
    .resources("aws_sfn_state_machine", ["role_arn", "name"])
    .flatMap(({ body }) => (body.name === name ? [String(body.role_arn)] : []));
  return stack
    .resources("aws_iam_role_policy", ["policy", "role"])
    .filter(({ body }) => roles.some((arn) => arn.endsWith(`/${body.role}`)))
    .flatMap(({ body }) => statementsOf(body.policy));
};

const allows =
  ({ action, on, for: value }: Need) =>
  ({ actions, resources, conditions }: Statement): boolean =>
    actions.includes(action) &&
    resources.some((pattern) => covers(pattern, on)) &&
    (value === undefined || Object.values(conditions).flat().includes(value));

/** @returns one sentence for each missing action and for each unused one */
export const executionProblems = (stack: Stack, { stateMachines, buckets }: Blueprint): string[] => {
  return stateMachines.flatMap((machine) => {
    const bucket = buckets.find(({ name }) => name === machine.results.Bucket);
    if (bucket === undefined) return [`${machine.name} writes its results to a bucket of another stack`];
    const statements = statementsOfMachine(stack, machine);
    const needs = needsOf(machine, bucket);
    const used = new Set(needs.map(({ action }) => action));
    const allowed = new Set(statements.flatMap(({ actions }) => actions));
    return [
      ...needs
        .filter((need) => !statements.some(allows(need)))
        .map(({ action, on }) => `the role of ${machine.name} lacks ${action} on ${on}`),
      ...[...allowed]
        .filter((action) => !used.has(action))
        .map((action) => `the role of ${machine.name} allows ${action}, which is never used`),
    ];
  });
};
