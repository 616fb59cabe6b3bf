/** `npm run deploy`, `plan` and `destroy` with a Terraform that only records its calls: what is asked, and what is applied. */

import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Answers, startAccount } from "../../commands/account";
import { runIn } from "../../commands/run";

const PROJECT = join(__dirname, "../../..");
const ACCOUNT = "123456789012";

const TERRAFORM = `#!/bin/sh
echo "$(basename "$PWD") $*" >> "$CALLS"
case "$1" in
  version) echo '{ "terraform_version": "1.11.4" }' ;;
  show) cat "$SHOWN" ;;
  state) cat "$STATE" ;;
  output) echo '{ "aws_region": { "value": "us-east-1" }, "view_logs_command": { "value": "aws logs tail" } }' ;;
  apply) echo "Apply complete! Resources: 1 added, 0 changed, 0 destroyed." ;;
esac
`;

const folders: string[] = [];
const stops: (() => Promise<void>)[] = [];
let endpoint: string;

beforeAll(async () => {
  const answers: Answers = {
    GetCallerIdentity: () => `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:user/operator</Arn>`,
  };
  const server = await startAccount(answers);
  stops.push(server.stop);
  endpoint = server.endpoint;
});

afterAll(async () => {
  for (const stop of stops) await stop();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "deploy-test-"));
  folders.push(made);
  return made;
};

const change = (actions: readonly string[], more: object = {}) => ({
  address: "aws_sns_topic.critical",
  mode: "managed",
  type: "aws_sns_topic",
  name: "critical",
  change: { actions, before: null, after: {} },
  ...more,
});

interface Scene {
  readonly changes?: readonly object[];
  /** Addresses in the state, one on each line. */
  readonly state?: string;
}

/** @returns how the command ended, and the calls of Terraform that change something, with the folder's name before them */
const command = async (verb: string, args: readonly string[], { changes = [], state = "" }: Scene = {}) => {
  const here = folder();
  const paths = { CALLS: join(here, "calls"), SHOWN: join(here, "plan.json"), STATE: join(here, "state") };
  writeFileSync(paths.CALLS, "");
  writeFileSync(paths.SHOWN, JSON.stringify({ resource_changes: changes }));
  writeFileSync(paths.STATE, state);
  writeFileSync(join(here, "terraform"), TERRAFORM);
  chmodSync(join(here, "terraform"), 0o755);
  const variables = {
    ...paths,
    TERRAFORM_BINARY_NAME: join(here, "terraform"),
    CDKTF_OUTDIR: join(here, "cdktf.out"),
    // The package does not matter, so that none is built.
    HANDLER_PACKAGE: join(PROJECT, "package.json"),
  };
  const { code, stdout, stderr } = await runIn(variables, verb, ...args, "--endpoint-url", endpoint);
  const calls = readFileSync(paths.CALLS, "utf8").trim().split("\n");
  return { code, stdout, stderr, applied: calls.filter((call) => / apply /.test(call)) };
};

/** @returns a folder as `npm run plan` writes it */
const reviewed = (origin: object = {}): string => {
  const made = folder();
  const target = { stack: "prod", account: ACCOUNT, region: "us-east-1", endpoint, ...origin };
  mkdirSync(join(made, "stack"));
  writeFileSync(join(made, "plan.tfplan"), "");
  writeFileSync(join(made, "target.json"), JSON.stringify(target));
  return made;
};

describe("npm run deploy", () => {
  it("prints account, region and summary, and applies a plan that only adds to an unprotected environment", async () => {
    const { code, stdout, applied } = await command("deploy", ["dev"], { changes: [change(["create"])] });

    expect(code).toBe(0);
    expect(stdout).toContain(
      `account      ${ACCOUNT} (arn:aws:iam::${ACCOUNT}:user/operator)\nregion       us-east-1, at `,
    );
    expect(stdout).toContain("\nPlan for dev: 1 to create, 0 to change, 0 to replace, 0 to destroy.\n");
    expect(applied).toEqual([expect.stringMatching(/^stack apply -input=false -no-color \S+\/plan\/plan\.tfplan$/)]);
  });

  it.each([
    ["dev", ["delete", "create"], "it replaces or destroys 1 resources"],
    ["dev", ["delete"], "it replaces or destroys 1 resources"],
    ["prod", ["create"], "prod is protected"],
  ])("refuses without a terminal to deploy %s with the actions %j", async (name, actions, reason) => {
    const ended = await command("deploy", [name], { changes: [change(actions)] });

    expect([ended.code, ended.stderr, ended.applied]).toEqual([
      2,
      `error: Expected --auto-approve, or a reviewed plan for --plan (npm run plan -- ${name}), but got neither: the plan needs approval because ${reason}, and there is no terminal. Nothing was deployed\n`,
      [],
    ]);
  });

  it("deploys a protected environment with --auto-approve", async () => {
    const { code, applied } = await command("deploy", ["prod", "--auto-approve"], { changes: [change(["create"])] });

    expect([code, applied.length]).toEqual([0, 1]);
  });

  it("needs no approval if nothing changes", async () => {
    expect((await command("deploy", ["prod"])).code).toBe(0);
  });

  it("applies exactly a reviewed plan", async () => {
    const plan = reviewed();

    const { code, applied } = await command("deploy", ["prod", "--plan", plan], { changes: [change(["delete"])] });

    expect([code, applied]).toEqual([0, [`stack apply -input=false -no-color ${join(plan, "plan.tfplan")}`]]);
  });

  it.each([
    [{ account: "999999999999" }, `the account ${ACCOUNT}`, "999999999999"],
    [{ region: "eu-west-1" }, "the region us-east-1", "eu-west-1"],
    [{ stack: "staging" }, "the stack prod", "staging"],
    [{ endpoint: "" }, "the endpoint http://", "AWS"],
  ])("refuses a plan for %j", async (origin, wanted, got) => {
    const { code, stderr, applied } = await command("deploy", ["prod", "--plan", reviewed(origin)]);

    expect([code, applied]).toEqual([2, []]);
    expect(stderr).toContain(`error: Expected a plan for ${wanted}`);
    expect(stderr.trimEnd().endsWith(` is for ${got}`)).toBe(true);
  });

  it("refuses a folder without a plan", async () => {
    const empty = folder();

    const { code, stderr } = await command("deploy", ["prod", "--plan", empty]);

    expect([code, stderr]).toEqual([
      2,
      `error: Expected a plan in ${empty} for --plan but found none: run npm run plan -- prod first\n`,
    ]);
  });

  it("refuses a reviewed plan whose zip was replaced", async () => {
    const plan = reviewed();
    writeFileSync(join(plan, "stack", "handler.zip"), "another");
    const source_code_hash = createHash("sha256").update("the planned").digest("base64");
    const after = { filename: "handler.zip", source_code_hash };
    const changed = {
      address: "aws_lambda_function.f",
      type: "aws_lambda_function",
      change: { actions: ["update"], before: {}, after },
    };

    const { code, stderr, applied } = await command("deploy", ["prod", "--plan", plan], {
      changes: [change([], changed)],
    });

    expect([code, stderr, applied]).toEqual([
      1,
      "error: Expected the planned zip for aws_lambda_function.f but handler.zip is another file\n",
      [],
    ]);
  });
});

describe("npm run plan", () => {
  it("writes everything that deploy needs", async () => {
    const out = folder();

    const { code, stdout } = await command("plan", ["dev", "--out", out], { changes: [change(["create"])] });

    expect(code).toBe(0);
    expect(stdout).toContain("Deploy exactly this plan: npm run deploy -- dev --plan ");
    expect(JSON.parse(readFileSync(join(out, "target.json"), "utf8"))).toEqual({
      stack: "dev",
      account: ACCOUNT,
      region: "us-east-1",
      endpoint,
    });
    expect(readFileSync(join(out, "plan.md"), "utf8")).toMatch(/^## Plan for dev: 1 to create/);
    expect(
      JSON.parse(readFileSync(join(out, "stack", "0_target_override.tf.json"), "utf8")).terraform.backend.local.path,
    ).toBe(join(PROJECT, `terraform.dev.${new URL(endpoint).host.replace(":", "-")}.tfstate`));
  });
});

describe("npm run destroy", () => {
  it.each([
    [["prod"], "nothing"],
    [["prod", "--yes-destroy", "dev"], '"dev"'],
    [["staging"], "nothing"],
  ])("refuses %j without the name of the protected environment", async (args, got) => {
    const { code, stderr, applied } = await command("destroy", args, { state: "aws_sns_topic.critical" });

    expect([code, stderr, applied]).toEqual([
      2,
      `error: Expected ${args[0]} for --yes-destroy but got ${got}: this destroys ${args[0]}, which is protected\n`,
      [],
    ]);
  });

  it("notices that resources are left", async () => {
    const { code, stderr, applied } = await command("destroy", ["dev"], { state: "aws_sns_topic.critical\n" });

    expect([code, stderr, applied]).toEqual([
      1,
      "error: Expected no resource of dev after its destruction but got aws_sns_topic.critical\n",
      ["dev apply -input=false -no-color -destroy -auto-approve"],
    ]);
  });

  it("does nothing if nothing exists", async () => {
    const { code, applied } = await command("destroy", ["prod", "--yes-destroy", "prod"]);

    expect([code, applied]).toEqual([0, []]);
  });
});
