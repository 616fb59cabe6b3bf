/** A state machine that passes objects that exist already to a function in batches, and the bucket for its lists. */
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { SfnStateMachine } from "@cdktf/provider-aws/lib/sfn-state-machine";
import { Construct } from "constructs";
import { BATCHES_LABEL, MANIFESTS, RESULTS } from "../handler/contract/backfill";
import { multiply } from "./arithmetic";
import { fitsTimeout, objectsPerBatch, RETRIES } from "./backfill-limits";
import { accountOf, type Place, placeOf } from "./caller";
import { useKey } from "./image_processor";
import { BACKFILL } from "./inputs/backfill";
import { type Given, type Values, valuesOf } from "./inputs/inputs";
import { bucketPolicy, privateBucket } from "./private-bucket";

export type BackfillProps = Given<typeof BACKFILL>;

type BackfillValues = Values<typeof BACKFILL>;

/** Days until unfinished uploads of results are deleted. Nothing is overwritten, and the bucket has no versions. */
const LEFTOVER_DAYS = 7;

export class Backfill extends Construct {
  readonly outputs: {
    readonly state_machine_arn: string;
    /** Bucket of manifests and results. */
    readonly bucket_id: string;
    readonly bucket_arn: string;
  };

  constructor(scope: Construct, id: string, props: BackfillProps) {
    super(scope, id);
    const values = valuesOf("backfill", BACKFILL, props);
    requireFit(values);
    const place = placeOf(this, values);
    const owner = { ...place, accountId: accountOf(this, values) };
    const bucket = privateBucket(this, "runs", {
      bucketPrefix: values.bucket_prefix,
      versioned: false,
      leftovers: { unfinishedUploadDays: LEFTOVER_DAYS, noncurrentDays: LEFTOVER_DAYS },
      ageing: { expireDays: values.keep_days },
      keyArn: values.enable_kms_key ? values.kms_key_arn : undefined,
      forceDestroy: true,
    });
    bucketPolicy(this, "runs", bucket);
    const arns = arnsOf(values.state_machine_name, owner);
    const role = new IamRole(this, "role", {
      name: values.role_name,
      assumeRolePolicy: JSON.stringify(trust(owner.accountId, arns.machine)),
      permissionsBoundary: values.permissions_boundary_arn || undefined,
    });
    const policy = new IamRolePolicy(this, "policy", {
      name: "least-privilege",
      role: role.id,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: statements(values, bucket.arn, arns) }),
    });
    const machine = new SfnStateMachine(this, "machine", {
      name: values.state_machine_name,
      type: "STANDARD",
      roleArn: role.arn,
      definition: JSON.stringify(definition(values, bucket.id, place)),
      // Step Functions checks the permissions when a run begins.
      dependsOn: [policy],
    });
    this.outputs = { state_machine_arn: machine.arn, bucket_id: bucket.id, bucket_arn: bucket.arn };
  }
}

/** @throws Error with one line: the slowest image does not fit into the function's timeout */
const requireFit = ({ function_timeout: timeout, slowest_image_seconds }: BackfillValues): void => {
  if (fitsTimeout({ slowest_image_seconds, timeout })) return;
  throw new Error(
    `backfill: Expected at most ${timeout} seconds (function_timeout) for slowest_image_seconds but got ${slowest_image_seconds}`,
  );
};

/** Computed and not referenced: the state machine depends on the role, whose policies contain them. */
const arnsOf = (name: string, { partition, region, accountId }: Place & { readonly accountId: string }) => {
  const arn = (rest: string) => `arn:${partition}:states:${region}:${accountId}:${rest}`;
  return {
    machine: arn(`stateMachine:${name}`),
    runs: arn(`execution:${name}:*`),
    batches: arn(`execution:${name}/${BATCHES_LABEL}:*`),
  };
};

const trust = (accountId: string, machineArn: string) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "states.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "aws:SourceAccount": accountId }, ArnEquals: { "aws:SourceArn": machineArn } },
    },
  ],
});

/** https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html and …/redrive-map-run.html */
const statements = (values: BackfillValues, bucketArn: string, arns: ReturnType<typeof arnsOf>) => [
  { Sid: "ProcessBatches", Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: values.function_arn },
  { Sid: "ReadManifests", Effect: "Allow", Action: ["s3:GetObject"], Resource: `${bucketArn}/${MANIFESTS}*` },
  {
    Sid: "WriteResults",
    Effect: "Allow",
    Action: ["s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"],
    Resource: `${bucketArn}/${RESULTS}*`,
  },
  { Sid: "StartBatches", Effect: "Allow", Action: ["states:StartExecution"], Resource: arns.machine },
  {
    Sid: "StopBatches",
    Effect: "Allow",
    Action: ["states:DescribeExecution", "states:StopExecution"],
    Resource: arns.runs,
  },
  { Sid: "RedriveBatches", Effect: "Allow", Action: ["states:RedriveExecution"], Resource: arns.batches },
  ...(values.enable_kms_key
    ? [
        useKey("DecryptManifests", "kms:Decrypt", values.kms_key_arn, bucketArn),
        useKey("EncryptResults", "kms:GenerateDataKey", values.kms_key_arn, bucketArn),
      ]
    : []),
];

/**
 * Input of a run: `{ manifest, results, all }`, with the key of the manifest and the prefix of the results.
 * https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 */
const definition = (values: BackfillValues, bucket: string, { partition }: Place) => ({
  Comment: "Processes objects that exist already, in batches",
  StartAt: "Backfill",
  TimeoutSeconds: multiply(values.max_hours, 3_600),
  States: {
    Backfill: {
      Type: "Map",
      // Part of the ARN with which the batches publish their metrics; otherwise a new id for each run.
      Label: BATCHES_LABEL,
      ItemReader: {
        Resource: `arn:${partition}:states:::s3:getObject`,
        ReaderConfig: { InputType: "JSONL" },
        Parameters: { Bucket: bucket, "Key.$": "$.manifest" },
      },
      ItemBatcher: {
        MaxItemsPerBatch: objectsPerBatch({ ...values, timeout: values.function_timeout }),
        BatchInput: { "all.$": "$.all" },
      },
      MaxConcurrency: values.max_concurrency,
      ToleratedFailurePercentage: values.tolerated_failure_percent,
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "EXPRESS" },
        StartAt: "Process",
        States: {
          Process: {
            Type: "Task",
            Resource: `arn:${partition}:states:::lambda:invoke`,
            Parameters: { FunctionName: values.function_arn, "Payload.$": "$" },
            OutputPath: "$.Payload",
            Retry: RETRIES.map(({ errors, retries, firstSeconds, backoff, maxSeconds }) => ({
              ErrorEquals: errors,
              IntervalSeconds: firstSeconds,
              BackoffRate: backoff,
              MaxAttempts: retries,
              MaxDelaySeconds: maxSeconds,
              JitterStrategy: "FULL",
            })),
            End: true,
          },
        },
      },
      ResultWriter: {
        Resource: `arn:${partition}:states:::s3:putObject`,
        Parameters: { Bucket: bucket, "Prefix.$": "$.results" },
      },
      End: true,
    },
  },
});
