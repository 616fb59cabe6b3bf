/** An environment with several regions: one stack in each, and one dashboard. */
import { readEnvironments } from "../../modules/environment";
import type { Environment } from "../../modules/variables";
import { environmentNamed } from "../../scripts/build/environments";
import { environmentsOf, json, one, type Synthesized, synthesized } from "./synthesized";

const REGIONS = 'regions = ["us-east-1", "ap-southeast-2"]\n';

const stacksWith = (tfvars: string): Promise<Environment[]> =>
  readEnvironments(environmentsOf({ "dev.tfvars": tfvars }), {});

const both = async (tfvars = REGIONS): Promise<[Synthesized, Synthesized]> => {
  const [first, second] = await stacksWith(tfvars);
  if (first === undefined || second === undefined) throw new Error("Expected two stacks for dev but got fewer");
  return [synthesized(first), synthesized(second)];
};

/** The names of a stack's resources that must be unique or that people read. */
const namesOf = ({ resource }: Synthesized): string[] =>
  Object.values(resource).flatMap((all) =>
    Object.values(all).flatMap(({ name, bucket_prefix, function_name, alarm_name }) =>
      [name, bucket_prefix, function_name, alarm_name].filter((each) => typeof each === "string"),
    ),
  );

/** The permissions of the replication role: actions, resource, and service condition. */
const allowed = (stack: Synthesized): unknown[][] => {
  const { Statement } = json(one(stack, "aws_iam_policy").policy) as {
    Statement: { Action: string[]; Resource: unknown; Condition?: { StringLike: Record<string, string> } }[];
  };
  return Statement.map(({ Action, Resource, Condition }) => [
    Action.join(" "),
    Resource,
    ...Object.values(Condition?.StringLike ?? {}),
  ]);
};

interface Widget {
  readonly type: string;
  readonly y: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly region?: string;
    readonly metrics?: unknown;
    query?: string;
  };
}

const widgetsOf = (stack: Synthesized): Widget[] =>
  (json(one(stack, "aws_cloudwatch_dashboard").dashboard_body) as { widgets: Widget[] }).widgets;

describe("several regions", () => {
  it("make one stack each, named after the region, with its own state and the environment's tags", async () => {
    const stacks = await both();

    expect(
      stacks.map(({ folder, provider, terraform }) => [folder.replace(/^.*\//, ""), provider, terraform.backend]),
    ).toEqual(
      ["us-east-1", "ap-southeast-2"].map((region) => [
        `dev-${region}`,
        {
          aws: [
            {
              region,
              default_tags: [{ tags: { Project: "image-processor", Environment: "dev", ManagedBy: "Terraform" } }],
            },
          ],
        },
        { local: { path: `../../../terraform.dev-${region}.tfstate` } },
      ]),
    );
  });

  it("keep their states in one bucket, under different keys", async () => {
    const stacks = await both(`${REGIONS}state_bucket = "states"`);

    expect(stacks.map(({ terraform }) => terraform.backend)).toEqual(
      ["us-east-1", "ap-southeast-2"].map((region) => ({
        s3: {
          bucket: "states",
          key: `image-processor/dev-${region}.tfstate`,
          region: "us-east-1",
          encrypt: true,
          use_lockfile: true,
        },
      })),
    );
  });

  it("share no names; bucket names contain the short form of the region", async () => {
    const [first, second] = await both(`${REGIONS}enable_saved_queries = true`);

    const shared = namesOf(first).filter((name) => namesOf(second).includes(name) && !name.startsWith("${"));
    expect(shared).toEqual(["least-privilege"]);
    expect(one(second, "aws_iam_role").name).toBe("image-processor-dev-ap-southeast-2-processor-role");
    expect(namesOf(first)).toContain("image-processor-dev-use1-processed-");
    expect(namesOf(second)).toContain("image-processor-dev-apse2-upload-");
  });

  it("have one dashboard, in the first region, which shows all regions", async () => {
    const [first, second] = await both(`${REGIONS}runbook_base_url = "https://example.com/runbooks"`);

    const widgets = widgetsOf(first);
    expect(second.resource).not.toHaveProperty("aws_cloudwatch_dashboard");
    expect(widgets.map(({ type, y, properties: { region } }) => [y, type, region])).toEqual([
      ...["us-east-1", "ap-southeast-2"].flatMap((region, at) => [
        ...[0, 0, 0, 6, 6, 6, 12].map((y) => [24 * at + y, "metric", region]),
        [24 * at + 18, "log", region],
      ]),
      [48, "text", undefined],
    ]);
    const ofSecond = widgets.slice(8, 16);
    expect(ofSecond.filter(({ properties }) => !properties.title?.endsWith(", ap-southeast-2"))).toEqual([]);
    expect(JSON.stringify(ofSecond)).toContain("image-processor-dev-ap-southeast-2-processor");
    expect(JSON.stringify(ofSecond)).not.toContain("us-east-1");
  });

  it("name that dashboard in the outputs of every stack", async () => {
    const [, { output }] = await both();

    expect([output.cloudwatch_dashboard_name?.value, output.cloudwatch_dashboard_url?.value]).toEqual([
      "image-processor-dev-us-east-1-processor-monitoring",
      "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards:name=image-processor-dev-us-east-1-processor-monitoring",
    ]);
  });

  // biome-ignore format: a table is read down its columns
  it.each([
    ['regions = ["eu-west-1"]',                           'Expected a list that starts with aws_region (us-east-1) for regions but got ["eu-west-1"]'],
    ['regions = ["us-east-1", "us-east-1"]',              'Expected a list of different AWS regions for regions but got ["us-east-1","us-east-1"]'],
    ['regions = "us-east-1"',                             'Expected a list of different AWS regions for regions but got "us-east-1"'],
    [`${REGIONS}project_name = "image-processor-2"`,      'Expected at most 37 characters for the bucket prefix from project_name and environment but got "image-processor-2-dev-apse2-processed-"'],
    [`${REGIONS}state_bucket = "states"\nstate_key = "k"`, 'Expected "" (the stack of each region has its own key) for state_key but got "k"'],
    [`${REGIONS}upload_bucket_name = "acme-in"`,          'Expected "" (the stacks of 2 regions cannot share it) for upload_bucket_name but got "acme-in"'],
    [`${REGIONS}vpc_subnet_ids = ["subnet-0123456789abcdef0"]\nvpc_security_group_ids = ["sg-0123456789abcdef0"]`, 'Expected [] (the stacks of 2 regions cannot share it) for vpc_subnet_ids but got ["subnet-0123456789abcdef0"]'],
    ["enable_replication = true",                         "Expected false (replication needs at least two regions, and regions has 0) for enable_replication but got true"],
    [`${REGIONS}enable_replication = true\nenable_s3_versioning = false`, "Expected true (enable_replication needs it) for enable_s3_versioning but got false"],
  ])("refuses %j", async (tfvars, message) => {
    await expect(stacksWith(tfvars)).rejects.toThrow(`environments/dev.tfvars: ${message}`);
  });

  it("replicate nothing unless enable_replication is on", async () => {
    const [{ resource, provider }] = await both();

    expect(resource).not.toHaveProperty("aws_s3_bucket_replication_configuration");
    expect(provider.aws).toHaveLength(1);
  });

  it("replicate uploads and variants to the next region, and from the last to the first, with a role that has no other permissions", async () => {
    const stacks = await both(`${REGIONS}enable_replication = true`);

    expect(stacks.map(({ provider }) => provider.aws.map(({ alias, region }) => [alias, region]))).toEqual([
      [
        [undefined, "us-east-1"],
        ["replica", "ap-southeast-2"],
      ],
      [
        [undefined, "ap-southeast-2"],
        ["replica", "us-east-1"],
      ],
    ]);
    const [stack] = stacks;
    const abroad = Object.values(stack.resource).flatMap((all) =>
      Object.entries(all).flatMap(([name, { provider }]) => (provider === "aws.replica" ? [name] : [])),
    );
    expect(new Set(abroad)).toEqual(
      new Set(
        ["", "_encryption", "_lifecycle", "_ownership", "_policy", "_public_access", "_versioning"].flatMap((end) => [
          `s3_buckets_replica${end}`,
          `s3_buckets_originals${end}`,
        ]),
      ),
    );
    const replication = (source: string, target: string, id: string) => ({
      bucket: `\${aws_s3_bucket.s3_buckets_${source}.id}`,
      role: "${aws_iam_role.s3_buckets_replication_role.arn}",
      rule: [
        {
          id,
          status: "Enabled",
          filter: { prefix: "" },
          delete_marker_replication: { status: "Disabled" },
          destination: { bucket: `\${aws_s3_bucket.s3_buckets_${target}.arn}` },
        },
      ],
      depends_on: [
        "aws_iam_role_policy_attachment.s3_buckets_replication_attachment",
        `aws_s3_bucket_versioning.s3_buckets_${source}_versioning`,
        `aws_s3_bucket_versioning.s3_buckets_${target}_versioning`,
      ],
    });
    expect(stack.resource.aws_s3_bucket_replication_configuration).toEqual({
      s3_buckets_replication: replication("processed", "replica", "copy-variants"),
      s3_buckets_upload_replication: replication("upload", "originals", "copy-uploads"),
    });
    const arns = (...names: string[]) => names.map((name) => `\${aws_s3_bucket.s3_buckets_${name}}`);
    const [processed, upload, replica, originals] = arns("processed.arn", "upload.arn", "replica.arn", "originals.arn");
    expect(allowed(stack)).toEqual([
      ["s3:GetReplicationConfiguration s3:ListBucket", [processed, upload]],
      [
        "s3:GetObjectVersionForReplication s3:GetObjectVersionAcl s3:GetObjectVersionTagging",
        [`${processed}/*`, `${upload}/*`],
      ],
      ["s3:ReplicateObject s3:ReplicateTags", [`${replica}/*`, `${originals}/*`]],
    ]);
  });

  it("process no replica again: only the upload bucket has a notification", async () => {
    const [stack] = await both(`${REGIONS}enable_replication = true`);

    expect(one(stack, "aws_s3_bucket_notification").bucket).toBe("${aws_s3_bucket.s3_buckets_upload.id}");
  });

  it("encrypt replicas with a key in their region, where the stack has a key", async () => {
    const [stack] = await both(`${REGIONS}enable_replication = true\nenable_kms_key = true`);

    const rules = Object.values(stack.resource.aws_s3_bucket_replication_configuration ?? {}).map(({ rule }) => rule);
    const encrypted = [
      {
        destination: { encryption_configuration: { replica_kms_key_id: "${aws_kms_key.replica_key_key.arn}" } },
        source_selection_criteria: { sse_kms_encrypted_objects: { status: "Enabled" } },
      },
    ];
    expect(rules).toMatchObject([encrypted, encrypted]);
    expect(allowed(stack).slice(3)).toEqual([
      ["kms:Decrypt", "${aws_kms_key.encryption_key_key.arn}", "s3.us-east-1.amazonaws.com"],
      ["kms:Encrypt", "${aws_kms_key.replica_key_key.arn}", "s3.ap-southeast-2.amazonaws.com"],
    ]);
    expect(stack.resource.aws_kms_key?.replica_key_key?.provider).toBe("aws.replica");
  });

  describe("at the command line", () => {
    const shell = { TF_VAR_project_name: "photos", TF_VAR_regions: '["us-east-1", "eu-west-1"]' };

    beforeAll(() => Object.assign(process.env, shell));
    afterAll(() => {
      for (const name of Object.keys(shell)) delete process.env[name];
    });

    it("are selected by the names of their stacks", async () => {
      const { aws_region, environment } = await environmentNamed("prod-eu-west-1");

      expect([environment, aws_region]).toEqual(["prod", "eu-west-1"]);
    });

    it("are listed when only the environment's name is given", async () => {
      await expect(environmentNamed("prod")).rejects.toThrow(
        'Expected one of dev-us-east-1, dev-eu-west-1, prod-us-east-1, prod-eu-west-1, staging-us-east-1, staging-eu-west-1 for <env> but got "prod"',
      );
    });
  });
});
