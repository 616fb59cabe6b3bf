/** What the Terraform commands say where a tool is missing, too old, or an environment is not there. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atLeast } from "../../scripts/terraform/tools";

const ROOT = join(__dirname, "../..");
const INSTALL =
  "install it from https://developer.hashicorp.com/terraform/install, or name another binary in TERRAFORM_BINARY_NAME";
const folder = mkdtempSync(join(tmpdir(), "terraform-test-"));

afterAll(() => rmSync(folder, { recursive: true }));

const command = (script: string, binary: string, ...args: string[]) => {
  const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", `scripts/${script}.ts`, ...args], {
    cwd: ROOT,
    env: { ...process.env, TERRAFORM_BINARY_NAME: binary, NO_COLOR: "1" },
    encoding: "utf8",
  });
  return { status, stderr };
};

describe("a command that needs Terraform", () => {
  // biome-ignore format: a table is read down its columns
  it.each([
    ["validate",    "1.7.0", "`terraform test` with a mocked provider"],
    ["test-deploy", "1.5.0", "the stacks"],
  ])("is skipped visibly, never passed, where there is none: %s", (script, version, need) => {
    expect(command(script, "no-such-terraform")).toEqual({
      status: 3,
      stderr: `skipped: Expected Terraform ${version} or newer for ${need} but found no no-such-terraform: ${INSTALL}\n`,
    });
  });

  it("is skipped where Terraform is too old", () => {
    const old = join(folder, "old-terraform");
    writeFileSync(old, '#!/bin/sh\necho \'{ "terraform_version": "1.4.6" }\'\n');
    chmodSync(old, 0o755);

    expect(command("validate", old)).toEqual({
      status: 3,
      stderr: `skipped: Expected Terraform 1.7.0 or newer for \`terraform test\` with a mocked provider but ${old} is 1.4.6: ${INSTALL}\n`,
    });
  });

  it.each(["plan", "deploy", "destroy"])(
    "refuses an environment that does not exist, and lists those that do: %s",
    (script) => {
      expect(command(script, "no-such-terraform", "nope")).toEqual({
        status: 2,
        stderr: 'error: Expected one of dev, prod, staging for <env> but got "nope"\n',
      });
    },
  );
});

describe("versions", () => {
  // biome-ignore format: a table is read down its columns
  it.each([
    ["1.7.0",      "1.7.0", true],
    ["1.10.0",     "1.7.0", true],
    ["2.0.0",      "1.7.5", true],
    ["1.7.0-rc1",  "1.7.0", true],
    ["1.6.9",      "1.7.0", false],
    ["1.4.6",      "1.5.0", false],
  ])("%s is at least %s: %s", (version, minimum, expected) => {
    expect(atLeast(version, minimum)).toBe(expected);
  });
});
