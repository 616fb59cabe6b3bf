/** What only a template has: logical ids, versions of the function, parameters, order, and policies for deletion. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeTemplate } from "../../scripts/cloudformation/files";
import { committed, devWith, synthesized, temporary } from "../modules/synthesized";
import { type Resource, templateOf } from "./template-of";

const ofType = (resources: Readonly<Record<string, Resource>>, type: string): string[] =>
  Object.entries(resources).flatMap(([id, { Type }]) => (Type === type ? [id] : []));

const RELEASES = "enable_release_alias = true\nenable_codedeploy = true\n";

describe("logical ids", () => {
  it("are the path of the construct", async () => {
    const { resources } = templateOf(await committed("prod"));

    expect(resources.CloudwatchAlarmsHighErrorRate?.Type).toBe("AWS::CloudWatch::Alarm");
    expect(resources.S3BucketsUpload?.Type).toBe("AWS::S3::Bucket");
    expect(Object.keys(resources).filter((id) => !/^[A-Za-z0-9]+$/.test(id))).toEqual([]);
  });

  it("refuse two resources with one", async () => {
    const dev = await devWith("");

    expect(() =>
      templateOf(dev, (resource) => {
        const [topics] = [resource.aws_sns_topic];
        if (topics) topics["sns-notifications_critical"] = { name: "another" };
      }),
    ).toThrow(
      "Expected one resource for the logical id SnsNotificationsCritical but got aws_sns_topic.sns_notifications_critical and aws_sns_topic.sns-notifications_critical",
    );
  });
});

describe("the version of a function", () => {
  const versionIn = async (tfvars: string, contents = "a package") => {
    const { folder } = synthesized(await devWith(RELEASES + tfvars));
    const stackDir = temporary();
    cpSync(folder, stackDir, { recursive: true });
    writeFileSync(join(stackDir, "assets/lambda_function_package/current/handler.zip"), contents);
    const { template } = writeTemplate(stackDir, { outDir: temporary(), name: "dev", isProtected: false });
    const [id = ""] = ofType(template.Resources as never, "AWS::Lambda::Version");
    return { id, resource: template.Resources[id], alias: template.Resources.LambdaFunctionAlias };
  };

  it("has a new logical id for a new zip and for new settings, and the alias refers to it", async () => {
    const { id, alias } = await versionIn("");

    expect(id).toMatch(/^LambdaFunctionFunctionVersion[0-9a-f]{16}$/);
    expect(alias?.Properties.FunctionVersion).toEqual({ "Fn::GetAtt": [id, "Version"] });
    expect((await versionIn("")).id).toBe(id);
    expect((await versionIn("", "another package")).id).not.toBe(id);
    expect((await versionIn("lambda_memory_size = 2048")).id).not.toBe(id);
  });

  it("stays where only settings change that Lambda does not keep with a version", async () => {
    const { id } = await versionIn("");

    expect((await versionIn("reserved_concurrent_executions = 100")).id).toBe(id);
    expect((await versionIn('owner = "platform"')).id).toBe(id);
    expect((await versionIn("enable_recursion_guard = true")).id).toBe(id);
  });

  it("is kept when the next one replaces it, because a release may still use it", async () => {
    const { resource } = await versionIn("");

    expect(resource).toMatchObject({ DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
  });

  it("is moved to by CodeDeploy, without a cycle", async () => {
    const { resources } = templateOf(await devWith(RELEASES));

    expect(resources.LambdaFunctionAlias?.UpdatePolicy).toEqual({
      CodeDeployLambdaAliasUpdate: {
        ApplicationName: { Ref: "ReleasesApp" },
        DeploymentGroupName: { Ref: "ReleasesGroup" },
      },
    });
    expect(JSON.stringify(resources.ReleasesPolicy)).toContain('{"Fn::Sub":"${LambdaFunctionFunction.Arn}:live"}');
  });

  it("refuses an alias that Terraform moves in part", async () => {
    const dev = await devWith(RELEASES);

    expect(() =>
      templateOf(dev, ({ aws_lambda_alias: aliases }) => {
        Object.assign(aliases?.lambda_function_alias ?? {}, { lifecycle: { ignore_changes: ["description"] } });
      }),
    ).toThrow(/^Expected no lifecycle, or ignore_changes .* for aws_lambda_alias.lambda_function_alias but got/);
  });
});

describe("the upload bucket", () => {
  it("has a name from a prefix and the stack's id, which the permission uses instead of a reference", async () => {
    const { resources } = templateOf(await devWith(""));
    const unique = (text: string) => ({ "Fn::Sub": [text, { Unique: expect.anything() }] });

    expect(resources.S3BucketsUpload?.Properties.BucketName).toEqual(unique("image-processor-dev-upload-${Unique}"));
    expect(resources.UploadPermission?.Properties.SourceArn).toEqual(
      unique("arn:${AWS::Partition}:s3:::image-processor-dev-upload-${Unique}"),
    );
  });

  it("is created after the permission, because S3 checks it", async () => {
    const { resources } = templateOf(await devWith(""));

    expect(resources.S3BucketsUpload?.DependsOn).toEqual(["UploadPermission"]);
  });
});

describe("the order", () => {
  it("is Terraform's where no reference gives it", async () => {
    const { resources } = templateOf(
      await devWith(
        `${RELEASES}enable_s3_access_logging = true\nenable_metadata_table = true\nenable_upload_api = true`,
      ),
    );
    const order = Object.entries(resources).flatMap(([id, { DependsOn }]) => (DependsOn ? [[id, DependsOn]] : []));

    expect(Object.fromEntries(order)).toEqual({
      LambdaFunctionFunction: ["LambdaFunctionPolicy"],
      ReleasesGroup: ["ReleasesPolicy"],
      S3BucketsProcessed: ["S3BucketsLogsPolicy"],
      S3BucketsUpload: ["S3BucketsLogsPolicy", "UploadPermission"],
      UploadApiStage: ["UploadApiGetImage", "UploadApiIssueLink"],
      UploadFunctionFunction: ["UploadFunctionPolicy"],
      UploadPermission: ["LambdaFunctionAlias"],
    });
  });
});

describe("buckets, table and key", () => {
  const kept = (resources: Readonly<Record<string, Resource>>) =>
    Object.entries(resources)
      .filter(
        ([, { Type, DeletionPolicy, UpdateReplacePolicy }]) =>
          Type !== "AWS::Lambda::Version" && DeletionPolicy === "Retain" && UpdateReplacePolicy === "Retain",
      )
      .map(([id]) => id);

  it("stay when a protected stack is deleted", async () => {
    const switches = [
      "enable_metadata_table",
      "enable_kms_key",
      "enable_s3_access_logging",
      "enable_backfill",
      "protected",
    ];
    const { resources } = templateOf(await devWith(switches.map((name) => `${name} = true`).join("\n")));

    expect(kept(resources)).toEqual([
      "BackfillRuns",
      "EncryptionKeyKey",
      "MetadataTableTable",
      "S3BucketsLogs",
      "S3BucketsProcessed",
      "S3BucketsUpload",
    ]);
  });

  it("go with a stack that is not protected", async () => {
    const { resources } = templateOf(await devWith("enable_metadata_table = true\nenable_kms_key = true"));

    expect(kept(resources)).toEqual([]);
  });
});

describe("addresses", () => {
  const ADDRESSES = `
    alert_email                   = "operator@example.com"
    additional_log_alert_emails   = ["night@example.com"]
    alert_sms                     = "+15555550100"
    critical_alert_https_endpoint = "https://example.com/hook"
  `;

  it("are parameters, and nowhere else in the template", async () => {
    const { outDir, template, parameters } = templateOf(await devWith(ADDRESSES));
    const text = readFileSync(join(outDir, "template.json"), "utf8");

    expect(text).not.toMatch(/operator|night|5555550100|hook/);
    expect(parameters.map((each) => each.split("=")[0])).toEqual(Object.keys(template.Parameters ?? {}));
    expect(parameters).toContain("SnsNotificationsCriticalSmsAddress=+15555550100");
  });

  it("are hidden where they are secret", async () => {
    const { template } = templateOf(await devWith(ADDRESSES));

    const hidden = Object.entries(template.Parameters ?? {}).flatMap(([name, { NoEcho }]) => (NoEcho ? [name] : []));
    expect(hidden).toEqual(["SnsNotificationsCriticalHttpsAddress"]);
  });
});

describe("tags", () => {
  it("are on every resource that can have them, and name CloudFormation", async () => {
    const { resources } = templateOf(
      await devWith(
        'enable_metadata_table = true\nenable_upload_api = true\nmonthly_budget_usd = 10\ncost_center = "images"',
      ),
    );
    const wanted = {
      Budget: "image-processor-dev",
      CostCenter: "images",
      Environment: "dev",
      ManagedBy: "CloudFormation",
      Project: "image-processor",
    };
    const tagsOf = ({ Properties: { Tags, ResourceTags = Tags } }: Resource) =>
      Array.isArray(ResourceTags)
        ? Object.fromEntries(ResourceTags.map(({ Key, Value }) => [Key, Value]))
        : ResourceTags;
    const types = (tagged: boolean) => [
      ...new Set(
        Object.values(resources).flatMap((each) => ((tagsOf(each) !== undefined) === tagged ? [each.Type] : [])),
      ),
    ];

    for (const each of Object.values(resources)) expect(tagsOf(each) ?? wanted).toEqual(wanted);
    expect(types(false).sort()).toEqual([
      "AWS::ApiGatewayV2::Integration",
      "AWS::ApiGatewayV2::Route",
      "AWS::CloudWatch::Dashboard",
      "AWS::IAM::RolePolicy",
      "AWS::Lambda::Permission",
      "AWS::Logs::MetricFilter",
      "AWS::S3::BucketPolicy",
      "AWS::SNS::TopicPolicy",
    ]);
  });
});
