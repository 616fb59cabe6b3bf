/** A template describes the same stack as the Terraform JSON that it is made from: read by a reader that shares nothing with the writer. */
import type { Environment } from "../../modules/variables";
import { committed, devWith } from "../modules/synthesized";
import { ALL_ON } from "./all-on";
import { argumentsOf, blueprintOf, resourcesOf } from "./described";
import { written } from "./written";

/** By name: add a row for a switch that others exclude. */
const CASES: Readonly<Record<string, () => Promise<Environment>>> = {
  dev: () => committed("dev"),
  staging: () => committed("staging"),
  prod: () => committed("prod"),
  "all switches": () => devWith(ALL_ON),
  "all switches, each alarm to its topic": () => devWith(`${ALL_ON}  alarm_routing = "each"\n`),
  "all switches, one incident": () => devWith(`${ALL_ON}  alarm_routing = "incident"\n`),
  "an API with IAM": () =>
    devWith(
      'enable_metadata_table = true\nenable_upload_api = true\nupload_api_authorizer = "iam"\nenable_kms_key = true',
    ),
  "a public API": () =>
    devWith(
      'enable_metadata_table = true\nenable_upload_api = true\nupload_api_authorizer = "none"\nupload_api_public = true\nupload_api_cors_origins = ["*"]',
    ),
  "an alias that npm run release moves": () => devWith("enable_release_alias = true"),
  "names instead of prefixes": () =>
    devWith('upload_bucket_name = "images-in"\nprocessed_bucket_name = "images-out"\nenable_s3_versioning = false'),
  "things that exist already": () =>
    devWith(`
      existing_log_group_name            = "/images"
      existing_kms_key_arn               = "arn:aws:kms:us-east-1:123456789012:key/0123abcd-0123-0123-0123-0123456789ab"
      existing_critical_alerts_topic_arn = "arn:aws:sns:us-east-1:123456789012:pages"
    `),
  "another region": () =>
    devWith('aws_region = "eu-west-1"\nslack_workspace_id = "T0123456789"\nslack_channel_id = "C0123456789"'),
};

describe.each(Object.entries(CASES))("the template of %s", (_name, environment) => {
  it("has the blueprint and every argument of the Terraform JSON", async () => {
    const { stack, folder } = written(await environment());
    const given = argumentsOf(stack);

    expect(blueprintOf(folder)).toEqual(blueprintOf(stack.folder));
    expect(resourcesOf(folder, given)).toEqual(resourcesOf(stack.folder, given));
  });
});
