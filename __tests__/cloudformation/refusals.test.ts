/** What CloudFormation does not have, and what the table of types does not know: the command refuses it by name. */
import { readEnvironments } from "../../modules/environment";
import type { Environment } from "../../modules/variables";
import { devWith, environmentsOf } from "../modules/synthesized";
import { type Stack, templateOf } from "./template-of";

describe("what CloudFormation does not have", () => {
  it("refuses replication, which needs a second region", async () => {
    const [environment] = await readEnvironments(
      environmentsOf({ "dev.tfvars": 'regions = ["us-east-1", "us-west-2"]\nenable_replication = true' }),
      {},
    );

    expect(() => templateOf(environment as Environment)).toThrow(
      "CloudFormation cannot have aws_s3_bucket_replication_configuration.s3_buckets_replication: replication needs a second region, and CloudFormation creates a stack in one: set enable_replication = false",
    );
  });

  it("refuses a notification of a bucket that exists already", async () => {
    const environment = await devWith('existing_upload_bucket_name = "images-in"');

    expect(() => templateOf(environment)).toThrow(
      "CloudFormation cannot have aws_s3_bucket_notification.upload_notification: it belongs to ${data.aws_s3_bucket.s3_buckets_upload.id}, which the stack does not create",
    );
  });

  it("refuses a type without a row", async () => {
    const dev = await devWith("");

    expect(() =>
      templateOf(dev, (resource) => {
        resource.aws_ecs_cluster = { cluster: { name: "images" } };
      }),
    ).toThrow(
      "Expected a row in scripts/cloudformation/types for aws_ecs_cluster but got none (aws_ecs_cluster.cluster)",
    );
  });

  it("refuses an argument without a row, at any depth", async () => {
    const dev = await devWith("");
    const fn = (resource: Stack) => resource.aws_lambda_function?.lambda_function_function ?? {};

    expect(() => templateOf(dev, (resource) => Object.assign(fn(resource), { snap_start: {} }))).toThrow(
      "Expected a row in scripts/cloudformation/types for aws_lambda_function.snap_start but got none",
    );
    expect(() =>
      templateOf(dev, (resource) => Object.assign(fn(resource).logging_config as object, { level: "INFO" })),
    ).toThrow(
      "Expected a row in scripts/cloudformation/types for aws_lambda_function.logging_config.level but got none",
    );
  });

  it("refuses a reference that CloudFormation has no attribute for", async () => {
    const dev = await devWith("");

    expect(() =>
      templateOf(dev, (resource) =>
        Object.assign(resource.aws_sns_topic?.sns_notifications_critical ?? {}, {
          name: "${aws_lambda_function.lambda_function_function.last_modified}",
        }),
      ),
    ).toThrow("Expected a reference last_modified of aws_lambda_function in scripts/cloudformation/types but got none");
  });

  it("refuses resources that need each other", async () => {
    const dev = await devWith("");

    expect(() =>
      templateOf(
        dev,
        ({ aws_sns_topic: topics }) =>
          Object.assign(topics?.sns_notifications_critical ?? {}, {
            kms_master_key_id: "${aws_sns_topic.sns_notifications_log.arn}",
          }) &&
          Object.assign(topics?.sns_notifications_log ?? {}, {
            kms_master_key_id: "${aws_sns_topic.sns_notifications_critical.arn}",
          }),
      ),
    ).toThrow(/^CloudFormation cannot have aws_sns_topic\.\w+: it needs itself$/);
  });

  it("refuses a template beyond a limit", async () => {
    const dev = await devWith("");

    expect(() =>
      templateOf(dev, (resource) => {
        resource.aws_sns_topic = {
          ...resource.aws_sns_topic,
          ...Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`topic_${i}`, { name: `t${i}` }])),
        };
      }),
    ).toThrow(/^Expected at most 500 resources for the template but got \d+$/);
  });
});
