/** docs/security.md: every policy statement has a reason, and every threat cites tests and resources that exist. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEnvironments } from "../../modules/environment";
import { permissionsTable, REASONS, rightsOf } from "../../scripts/docs/permissions";
import { readStack } from "../../scripts/sandbox/read-stack";
import { committed, devWith, environmentsOf, synthesized } from "../modules/synthesized";

const REPLICATED = `
  regions              = ["us-east-1", "us-west-2"]
  enable_replication   = true
  enable_kms_key       = true
`;

const NETWORK_AND_CHAT = `
  vpc_subnet_ids         = ["subnet-0123456789abcdef0"]
  vpc_security_group_ids = ["sg-0123456789abcdef0"]
  slack_workspace_id     = "T0123456789"
  slack_channel_id       = "C0123456789"
`;

const prodFolder = async (): Promise<string> => synthesized(await committed("prod")).folder;

describe("the permissions", () => {
  it("have a reason for each statement of any environment, and no reason without a statement", async () => {
    const stacks = [
      await committed("prod"),
      await devWith('metrics_transport = "put_metric_data"\ndelete_variants_with_upload = true'),
      await devWith(NETWORK_AND_CHAT),
      await devWith(
        "enable_metadata_table = true\nenable_upload_api = true\nenable_backfill = true\nenable_kms_key = true",
      ),
      ...(await readEnvironments(environmentsOf({ "dev.tfvars": REPLICATED }), {})),
    ];

    const ids = stacks
      .flatMap((environment) => rightsOf(readStack(synthesized(environment).folder)))
      .map(({ id }) => id);

    expect([...new Set(ids)].sort()).toEqual(Object.keys(REASONS).sort());
  });

  it("refuse a statement without a reason", async () => {
    const folder = mkdtempSync(join(tmpdir(), "security-"));
    const text = readFileSync(join(await prodFolder(), "cdk.tf.json"), "utf8");
    writeFileSync(join(folder, "cdk.tf.json"), text.replace("ReadUploads", "ReadAll"));

    expect(() => permissionsTable(readStack(folder))).toThrow(
      "Expected a reason in scripts/docs/permissions.ts for ReadAll but got nothing",
    );
    rmSync(folder, { recursive: true });
  });
});

describe("the threats", () => {
  it("are each answered by a test or a resource, and name only resources that prod has", async () => {
    const document = readFileSync(join(__dirname, "../../docs/security.md"), "utf8");
    const [, section = ""] = /^## What could go wrong\n([\s\S]*?)^## /m.exec(document) ?? [];
    const rows = section
      .split("\n")
      .filter((line) => line.startsWith("| ") && !line.startsWith("| ---"))
      .slice(1);
    const stack = readStack(await prodFolder());

    const unsupported = rows.filter((row) => !/\]\(\.\.\/__tests__\/|`aws_\w+`/.test(row));
    const types = [...section.matchAll(/`(aws_\w+)`/g)].map(([, type = ""]) => type);
    const missing = types.filter((type) => stack.resources(type, []).length === 0);

    expect(rows.length).toBeGreaterThan(10);
    expect(unsupported).toEqual([]);
    expect(missing).toEqual([]);
  });
});
