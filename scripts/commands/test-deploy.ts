/** `npm run test:deploy`: applies `dev` with the real provider to a private emulator, checks and exercises it, and destroys it. */
import { Command } from "commander";
import pc from "picocolors";
import { emptyBucket } from "../aws/buckets";
import { clientsFor } from "../aws/clients";
import { startMoto } from "../aws/terraform/moto";
import { changesBeside, MOTO_GAPS, withoutBucketPolicies } from "../aws/terraform/moto-gaps";
import { NEEDS, requireTerraform } from "../aws/terraform/tools";
import { outputs } from "../aws/terraform/working-copy";
import { runCommand, UsageError } from "../terminal/cli";
import { judge } from "../terminal/findings";
import { lookAtCreated } from "../trials/rehearsal/created";
import { deployRound } from "../trials/rehearsal/deploy-round";
import { deployedAs } from "../trials/rehearsal/deployed";
import { exercise } from "../trials/rehearsal/exercise";
import { leftovers } from "../trials/rehearsal/leftovers";
import { apply, destroy, plan, planOf, prepare, withOtherCode } from "../trials/rehearsal/rehearsal";
import { rehearsalStack } from "../trials/rehearsal/rehearsal-stack";

/** Runs one step and prints its duration. */
const step = async <T>(title: string, action: () => Promise<T>): Promise<T> => {
  const started = Date.now();
  const result = await action();
  console.log(`${pc.bold(title)} ${pc.dim(`${((Date.now() - started) / 1000).toFixed(1)} s`)}`);
  return result;
};

/** The expected changes. The dashboard shows every threshold, so it changes, too. */
const ERROR_THRESHOLD = { error_threshold: 4 };
const AFTER_A_THRESHOLD = [
  "change aws_cloudwatch_dashboard.cloudwatch_metrics_dashboard: dashboard_body",
  "change aws_cloudwatch_metric_alarm.cloudwatch_alarms_high_error_rate: alarm_description, threshold",
];
const AFTER_NEW_CODE = ["change aws_lambda_function.lambda_function_function: last_modified, source_code_hash"];

const testDeploy = async ({ port }: { port: number }): Promise<void> => {
  await requireTerraform(NEEDS.stacks);
  const moto = await step("moto", () => startMoto(port));
  const stack = await step("synth", () => rehearsalStack());
  // In parallel, because the provider mostly waits.
  const round = deployRound(stack.environment.environment, stack.environment.aws_region);
  round.catch(() => {});
  const place = await step("terraform init", () => prepare(stack.folder, moto.endpoint));
  await step("terraform apply", () => apply(place));

  const aws = clientsFor(stack.environment.aws_region, moto.endpoint);
  const deployed = await deployedAs(aws, stack, await outputs(place));
  judge(await step("created resources", () => lookAtCreated(aws, deployed)));
  const zipFile = stack.packageFile;
  const buckets = [deployed.uploadBucket, deployed.processedBucket];
  judge(
    await step("the deployed function", () =>
      withoutBucketPolicies(aws.s3, buckets, () => exercise(aws, deployed, { endpoint: moto.endpoint, zipFile })),
    ),
  );

  judge(
    await step("further plans", async () => {
      const again = await plan(place, true);
      const threshold = await planOf((await rehearsalStack(ERROR_THRESHOLD, zipFile)).folder, place);
      const code = await planOf(await withOtherCode(stack), place);
      return [
        { title: "a second plan changes nothing", expected: [], got: changesBeside(MOTO_GAPS, again) },
        {
          title: "another threshold changes one alarm and its line on the dashboard",
          expected: AFTER_A_THRESHOLD,
          got: changesBeside(MOTO_GAPS, threshold),
        },
        { title: "other code changes the function", expected: AFTER_NEW_CODE, got: changesBeside(MOTO_GAPS, code) },
      ];
    }),
  );

  await withoutBucketPolicies(aws.s3, buckets, () => Promise.all(buckets.map((bucket) => emptyBucket(aws.s3, bucket))));
  await step("terraform destroy", () => destroy(place));
  judge([{ title: "nothing is left", expected: [], got: await leftovers(aws) }]);
  judge(await step("npm run deploy, plan and destroy (in parallel)", () => round));
  for (const { stop } of [place, moto]) await stop();
};

const portNumber = (text: string): number => {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`Expected a number from 0 to 65535 for --port but got ${JSON.stringify(text)}`);
};

export const command = new Command("npm run test:deploy --")
  .description("Applies dev to a private AWS emulator, checks what was created, and destroys it.")
  .option("--port <number>", "loopback port of the emulator (0: a free one)", portNumber, 0)
  .addHelpText("after", "\nExit code 1: a plan, a created resource or a processed image differs from what is expected.")
  .action(testDeploy);

if (require.main === module) void runCommand(command);
