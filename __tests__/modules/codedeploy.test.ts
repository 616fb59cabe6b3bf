/** The synthesized alias, CodeDeploy, and safeguards of releases. */
import { naming } from "../../modules/naming";
import { deploymentConfigName, sharesOf } from "../../modules/release-strategies";
import { committed, devWith, json, one, synthesized } from "./synthesized";

const FUNCTION = "${aws_lambda_function.lambda_function_function.function_name}";
const ALIAS = "${aws_lambda_alias.lambda_function_alias.arn}";
const SIGNER = "arn:aws:signer:us-east-1:123456789012:/signing-profiles/images/AbCdEf1234";

describe("the alias", () => {
  it("points to the first version, and Terraform leaves it where a release moved it", async () => {
    const stack = synthesized(await devWith("enable_release_alias = true"));

    expect(one(stack, "aws_lambda_function").publish).toBe(true);
    expect(one(stack, "aws_lambda_alias")).toEqual({
      name: "live",
      function_name: FUNCTION,
      function_version: "${aws_lambda_function.lambda_function_function.version}",
      lifecycle: { ignore_changes: ["function_version", "routing_config", "description"] },
    });
  });

  it("is what uploads invoke, and the only thing they may invoke", async () => {
    const stack = synthesized(await devWith("enable_release_alias = true"));

    expect(one(stack, "aws_s3_bucket_notification").lambda_function).toEqual([
      { lambda_function_arn: ALIAS, events: ["s3:ObjectCreated:*"] },
    ]);
    expect(one(stack, "aws_lambda_permission")).toMatchObject({
      function_name: FUNCTION,
      qualifier: "${aws_lambda_alias.lambda_function_alias.name}",
    });
  });

  it("is charted with the errors of each of its versions", async () => {
    const stack = synthesized(await devWith("enable_release_alias = true"));

    const { widgets } = json(one(stack, "aws_cloudwatch_dashboard").dashboard_body) as {
      widgets: { properties: { title?: string; metrics?: unknown[] } }[];
    };
    const fn = "image-processor-dev-processor";
    const by = ["FunctionName", fn, "Resource", `${fn}:live`];
    const search = `SEARCH('{AWS/Lambda,ExecutedVersion,FunctionName,Resource} FunctionName="${fn}" Resource="${fn}:live" MetricName="Errors"', 'Sum', 60)`;
    expect(widgets.find(({ properties }) => properties.title?.startsWith("Releases"))?.properties.metrics).toEqual([
      ["AWS/Lambda", "Invocations", ...by, { stat: "Sum", label: "Invocations, alias" }],
      ["AWS/Lambda", "Errors", ...by, { stat: "Sum", label: "Errors, alias" }],
      [{ id: "versions", expression: search }],
    ]);
  });
});

describe("CodeDeploy", () => {
  it("moves the alias by the strategy, and back on what the new version does", async () => {
    const stack = synthesized(await committed("prod"));

    const alarm = (name: string) => `\${aws_cloudwatch_metric_alarm.cloudwatch_alarms_${name}.alarm_name}`;
    expect(one(stack, "aws_codedeploy_app")).toEqual({
      name: "image-processor-prod-processor",
      compute_platform: "Lambda",
    });
    expect(one(stack, "aws_codedeploy_deployment_group")).toEqual({
      app_name: "${aws_codedeploy_app.releases_app.name}",
      deployment_group_name: "live",
      deployment_config_name: "CodeDeployDefault.LambdaCanary10Percent10Minutes",
      service_role_arn: "${aws_iam_role.releases_role.arn}",
      deployment_style: { deployment_type: "BLUE_GREEN", deployment_option: "WITH_TRAFFIC_CONTROL" },
      alarm_configuration: {
        enabled: true,
        alarms: [alarm("release_errors")],
      },
      auto_rollback_configuration: { enabled: true, events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"] },
      depends_on: ["aws_iam_role_policy.releases_policy"],
    });
  });

  it("moves the alias back on each critical alarm where every alarm notifies its own topic", async () => {
    const stack = synthesized({ ...(await committed("prod")), alarm_routing: "each" });

    const { alarm_configuration: configuration } = one(stack, "aws_codedeploy_deployment_group");
    expect((configuration as { alarms: string[] }).alarms.map((name) => name.split(/alarms_|\./)[2])).toEqual([
      "high_error_rate",
      "throttles",
      "release_errors",
      "log_errors",
      "events_dropped",
      "dead_letter_errors",
    ]);
  });

  it("may move this alias and read alarms, and nothing else", async () => {
    const { resource } = synthesized(await committed("prod"));

    expect(json(resource.aws_iam_role?.releases_role?.assume_role_policy)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "codedeploy.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "aws:SourceAccount": "${data.aws_caller_identity.current.account_id}" } },
        },
      ],
    });
    expect(json(resource.aws_iam_role_policy?.releases_policy?.policy)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "MoveTheAlias",
          Effect: "Allow",
          Action: ["lambda:GetAlias", "lambda:UpdateAlias", "lambda:GetProvisionedConcurrencyConfig"],
          Resource: ["${aws_lambda_function.lambda_function_function.arn}", ALIAS],
        },
        { Sid: "WatchAlarms", Effect: "Allow", Action: ["cloudwatch:DescribeAlarms"], Resource: "*" },
      ],
    });
  });

  it("is absent where `npm run release` moves the alias itself", async () => {
    const { resource } = synthesized(await devWith("enable_release_alias = true"));

    expect(Object.keys(resource).filter((type) => type.startsWith("aws_codedeploy"))).toEqual([]);
  });
});

describe("a strategy", () => {
  it.each([
    ["AllAtOnce", [100]],
    ["Canary10Percent5Minutes", [10, 100]],
    ["Linear10PercentEvery1Minute", [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]],
  ] as const)("named %s gives the new version these percentages: %j", (strategy, shares) => {
    expect(sharesOf(strategy)).toEqual(shares);
    expect(deploymentConfigName(strategy)).toBe(`CodeDeployDefault.Lambda${strategy}`);
  });
});

describe("the function", () => {
  it("accepts only packages signed by its signing profile, where there is one", async () => {
    const stack = synthesized(await devWith(`code_signing_profile_version_arn = "${SIGNER}"`));

    expect(one(stack, "aws_lambda_code_signing_config")).toEqual({
      allowed_publishers: { signing_profile_version_arns: [SIGNER] },
      policies: { untrusted_artifact_on_deployment: "Enforce" },
    });
    expect(one(stack, "aws_lambda_function").code_signing_config_arn).toBe(
      "${aws_lambda_code_signing_config.lambda_function_code_signing.arn}",
    );
  });

  it("terminates recursive loops", async () => {
    const stack = synthesized(await committed("prod"));

    expect(one(stack, "aws_lambda_function_recursion_config")).toEqual({
      function_name: FUNCTION,
      recursive_loop: "Terminate",
    });
  });

  it("cannot loop: for all names of project and environment, it reads and writes different buckets", () => {
    const names = ["a", "a-upload", "a-processed", "image-processor"];

    for (const project of names)
      for (const environment of names) {
        const stack = { project_name: project, environment, aws_region: "eu-west-1", regions: [] };
        const { upload, processed } = naming(stack).bucketPrefixes;
        expect([upload.startsWith(processed), processed.startsWith(upload)]).toEqual([false, false]);
      }
  });
});
