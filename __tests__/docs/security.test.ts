/** docs/security.md: every statement has a reason, every reason a statement, and what is cited is there. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEnvironments } from "../../modules/environment";
import { permissionsTable, REASONS, rightsOf } from "../../scripts/docs/permissions";
import { THREATS, uncited } from "../../scripts/docs/threats";
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

describe("what is allowed", () => {
  it("has a reason for each statement of any environment, and none for what there is not", async () => {
    const stacks = [
      await committed("prod"),
      await devWith('metrics_transport = "put_metric_data"'),
      await devWith(NETWORK_AND_CHAT),
      ...(await readEnvironments(environmentsOf({ "dev.tfvars": REPLICATED }), {})),
    ];

    const ids = stacks.flatMap((environment) => rightsOf(synthesized(environment).folder)).map(({ id }) => id);

    expect([...new Set(ids)].sort()).toEqual(Object.keys(REASONS).sort());
  });

  it("is refused where a statement has no reason", async () => {
    const folder = mkdtempSync(join(tmpdir(), "security-"));
    const text = readFileSync(join(await prodFolder(), "cdk.tf.json"), "utf8");
    writeFileSync(join(folder, "cdk.tf.json"), text.replace("ReadUploads", "ReadAll"));

    expect(() => permissionsTable(folder)).toThrow(
      "Expected a reason in scripts/docs/permissions.ts for ReadAll but got nothing",
    );
    rmSync(folder, { recursive: true });
  });
});

describe("what could go wrong", () => {
  it("is answered by tests and resources that there are", async () => {
    expect(uncited(THREATS, await prodFolder())).toEqual([]);
  });

  it("is refused where a test or a resource is cited that there is not", async () => {
    const threats = {
      flood: {
        answer: "a dam",
        tests: { "handler/index.test.ts": ["leaves the upload"] },
        resources: ["aws_dam", "aws_kms_key"],
      },
    };

    expect(uncited(threats, await prodFolder())).toEqual(["handler/index.test.ts: leaves the upload", "aws_dam"]);
  });
});
