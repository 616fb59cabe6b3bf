/** Runs the deployed function: real images in the upload bucket must become their variants in the processed bucket. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { GetMetricDataCommand, ListMetricsCommand } from "@aws-sdk/client-cloudwatch";
import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import sharp from "sharp";
import type { Clients } from "../../aws/clients";
import { PROJECT } from "../../build/stacks";
import type { FunctionBlueprint } from "../../sandbox/blueprint";
import { unpackFunction } from "../../sandbox/function-package";
import { createLambda, type Lambda } from "../../sandbox/lambda";
import { s3Event } from "../../sandbox/s3-events";
import { removeAtExit } from "../../terminal/processes";
import type { Deployed } from "./deployed";
import type { Finding } from "./finding";

const SAMPLES = join(PROJECT, "scripts", "images", "samples");

/** Extensions by format; repeated here on purpose, so that a wrong key is noticed. */
const EXTENSIONS: Readonly<Record<string, string>> = { jpeg: "jpg", webp: "webp", png: "png", avif: "avif" };

/** Reads the function's configuration from AWS, except logging, which moto does not store. */
const asDeployed = async (
  { lambda }: Clients,
  { blueprint }: Deployed,
  zipFile: string,
): Promise<FunctionBlueprint> => {
  const got = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: blueprint.function.name }));
  return {
    ...blueprint.function,
    name: got.FunctionName ?? "",
    arn: got.FunctionArn ?? "",
    handler: got.Handler ?? "",
    runtime: got.Runtime ?? "",
    architecture: got.Architectures?.[0] ?? "",
    timeoutSeconds: got.Timeout ?? 0,
    memoryMb: got.MemorySize ?? 0,
    environment: got.Environment?.Variables ?? {},
    packageFile: zipFile,
  };
};

/** @returns a local Lambda whose processes and files are removed when this program exits */
const startLambda = async (
  fn: FunctionBlueprint,
  endpoint: string,
  onLine: (line: string) => void,
): Promise<Lambda> => {
  const unpacked = await unpackFunction(fn.packageFile);
  removeAtExit(unpacked.folder);
  const lambda = createLambda({
    function: fn,
    unpacked,
    endpoints: { AWS_ENDPOINT_URL: endpoint },
    onLogLine: ({ text }) => onLine(text),
    onMetric: () => {},
  });
  process.once("exit", lambda.kill);
  return lambda;
};

/** Uploads a file and invokes the function with S3's event. @returns the status */
const upload = async ({ s3 }: Clients, deployed: Deployed, lambda: Lambda, file: string): Promise<string> => {
  const bytes = await readFile(join(SAMPLES, file));
  const key = `with spaces/${file}`;
  const stored = await s3.send(new PutObjectCommand({ Bucket: deployed.uploadBucket, Key: key, Body: bytes }));
  const bucket = deployed.blueprint.buckets.find(({ name }) => name === deployed.uploadBucket);
  if (!bucket) throw new Error(`Expected ${deployed.uploadBucket} in the stack but found no such bucket`);
  const object = {
    bucket: bucket.name,
    key,
    sizeBytes: bytes.length,
    eTag: (stored.ETag ?? "").replaceAll('"', ""),
    creation: "Put",
    createdMs: Date.now(),
    sequence: 1,
  } as const;
  const { region, notifications } = deployed.blueprint;
  const event = s3Event(object, bucket, { configurationId: notifications[0]?.id ?? "", region });
  for (const record of event.Records) Object.assign(record.s3.object, { versionId: stored.VersionId });
  const { status, errorType } = await lambda.invoke(event);
  return errorType ? `${status}: ${errorType}` : status;
};

/** Opens each object in the processed bucket as an image. @returns `key: type, content type` of each */
const stored = async ({ s3 }: Clients, Bucket: string): Promise<string[]> => {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  const pictures = Contents.filter(({ Key = "" }) => !Key.endsWith(".json"));
  const rows = pictures.map(async ({ Key = "" }) => {
    const { Body, ContentType } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const { mediaType } = await sharp((await Body?.transformToByteArray()) ?? Buffer.alloc(0)).metadata();
    return `${Key.replace(/_[0-9a-f]{8}\./, ".")}: ${mediaType}, ${ContentType}`;
  });
  return (await Promise.all(rows)).sort();
};

const expectedVariants = (files: readonly string[], { environment }: FunctionBlueprint): string[] => {
  const variants = Object.entries<{ format: string }>(JSON.parse(environment.VARIANTS ?? "{}"));
  return files
    .map((file) => file.replace(/\.\w+$/, ""))
    .flatMap((name) =>
      variants.map(
        ([variant, { format }]) =>
          `with spaces/${name}_${variant}.${EXTENSIONS[format]}: image/${format}, image/${format}`,
      ),
    )
    .sort();
};

/** Custom metrics of the handler, and the statistic with which each counts images. */
const COUNTS_IMAGES = { ImagesProcessed: "Sum", ProcessingSuccess: "Sum", ProcessingTime: "SampleCount" } as const;

const metricData = async ({ cloudwatch }: Clients, { name, environment }: FunctionBlueprint) => {
  const Namespace = environment.METRIC_NAMESPACE;
  const Dimensions = [{ Name: "FunctionName", Value: name }];
  const { Metrics = [] } = await cloudwatch.send(new ListMetricsCommand({ Namespace, Dimensions }));
  const { MetricDataResults = [] } = await cloudwatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(Date.now() - 3_600_000),
      EndTime: new Date(Date.now() + 60_000),
      MetricDataQueries: Object.entries(COUNTS_IMAGES).map(([MetricName, Stat]) => ({
        Id: MetricName.charAt(0).toLowerCase() + MetricName.slice(1),
        Label: MetricName,
        MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: 60, Stat },
      })),
    }),
  );
  const sums = MetricDataResults.map(({ Label = "", Values = [] }) => [Label, Values.reduce((sum, n) => sum + n, 0)]);
  return { names: new Set(Metrics.map(({ MetricName }) => MetricName)), counts: Object.fromEntries(sums) };
};

/**
 * Uploads every sample and runs the deployed zip with the deployed configuration for each.
 * @param endpoint URL of the emulator; the function gets it as AWS_ENDPOINT_URL
 */
export const exercise = async (
  aws: Clients,
  deployed: Deployed,
  { endpoint, zipFile }: { endpoint: string; zipFile: string },
): Promise<Finding[]> => {
  const fn = await asDeployed(aws, deployed, zipFile);
  const files = (await readdir(SAMPLES)).sort();
  const lines: string[] = [];
  const lambda = await startLambda(fn, endpoint, (line) => lines.push(line));
  const uploads = files.map((file) => upload(aws, deployed, lambda, file));
  const outcomes = await Promise.all(uploads).finally(lambda.stop);
  const { names, counts } = await metricData(aws, fn);
  const serious = lines.filter((line) => /"level":"(WARN|ERROR|CRITICAL|FATAL)"/.test(line));
  return [
    { title: "exercise: every invocation succeeds", expected: files.map(() => "success"), got: outcomes },
    { title: "exercise: no log line at WARN or above", expected: [], got: serious },
    {
      title: `exercise: ${files.length} images, each with its variants in the processed bucket`,
      expected: expectedVariants(files, fn),
      got: await stored(aws, deployed.processedBucket),
    },
    {
      title: "exercise: custom metrics are listed for the function",
      expected: Object.keys(COUNTS_IMAGES).sort(),
      got: [...names].sort(),
    },
    {
      title: `exercise: CloudWatch counts ${files.length} images`,
      expected: Object.fromEntries(Object.keys(COUNTS_IMAGES).map((name) => [name, files.length])),
      got: counts,
    },
  ];
};
