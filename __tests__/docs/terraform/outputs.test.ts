/** The outputs of plain Terraform, by the names of the original. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@cdktf/hcl2json";
import { committed, synthesized } from "../../modules/synthesized";

const TERRAFORM = join(__dirname, "../../../terraform");

/** The outputs of the original's modules: those of its code, and those that its README promises. */
// biome-ignore format: a table is read down its columns
const ORIGINAL: Readonly<Record<string, readonly string[]>> = {
  lambda_function:    ["function_arn", "function_name", "log_group_name", "role_arn"],
  s3_buckets:         ["upload_bucket_id", "processed_bucket_id", "bucket_arns"],
  sns_notifications:  ["topic_arns", "topic_names", "critical_alerts_topic_arn", "performance_alerts_topic_arn", "log_alerts_topic_arn"],
  cloudwatch_metrics: ["dashboard_name", "dashboard_arn", "metric_filter_names"],
  cloudwatch_alarms:  ["alarm_arns", "alarm_names"],
  log_alerts:         ["alarm_arns", "alarm_names"],
};

/** @returns names of the outputs of a folder */
const outputsIn = async (folder: string): Promise<string[]> => {
  const file = join(TERRAFORM, folder, "outputs.tf");
  const { output } = (await parse(file, readFileSync(file, "utf8"))) as { output: object };
  return Object.keys(output);
};

describe("the outputs of plain Terraform", () => {
  it.each(Object.entries(ORIGINAL))("have the original's names in %s", async (module, names) => {
    const outputs = await outputsIn(join("modules", module));

    expect(outputs).toEqual(expect.arrayContaining([...names]));
  });

  it("are those of the stack in the root module", async () => {
    const { output } = synthesized(await committed("prod"));

    expect(await outputsIn("")).toEqual(Object.keys(output));
  });
});
