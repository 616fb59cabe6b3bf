/** The tools that commands need, and the messages when they are missing. */

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { atLeast, NEEDS, providerSource, requireTerraform } from "../../../scripts/aws/terraform/tools";
import { copyStack, isolatedEnv } from "../../../scripts/aws/terraform/working-copy";
import { SkippedError } from "../../../scripts/terminal/cli";
import { run } from "../../../scripts/terminal/processes";
import { RUN_TYPESCRIPT } from "../../../scripts/terminal/run-typescript";
import { withValues } from "../../../scripts/trials/rehearsal/rehearsal-stack";
import { runIn } from "../../commands/run";

const PROJECT = join(__dirname, "../../..");

const folders: string[] = [];

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "terraform-test-"));
  folders.push(made);
  return made;
};

afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true });
});

/** @returns a folder with programs in it that print a text and end with a code */
const bin = (programs: Record<string, { prints: string; code?: number }>): string => {
  const made = folder();
  for (const [name, { prints, code = 0 }] of Object.entries(programs)) {
    writeFileSync(join(made, name), `#!/bin/sh\ncat <<'END'\n${prints}\nEND\nexit ${code}\n`);
    chmodSync(join(made, name), 0o755);
  }
  return made;
};

const version = (number: string) => ({ prints: `{ "terraform_version": "${number}" }` });

/** Runs a command as a separate process, which pins its exit code. */
const spawned = (script: string, args: readonly string[], env: NodeJS.ProcessEnv) =>
  run({
    program: process.execPath,
    args: [...RUN_TYPESCRIPT, `scripts/commands/${script}.ts`, ...args],
    cwd: PROJECT,
    env: { PATH: "/usr/bin:/bin", NO_COLOR: "1", NOTICE_AFTER_MS: "1e9", ...env },
    limitSeconds: 60,
  });

/** Runs a command in this process, where PATH leads to these programs, and to what a shell needs. */
const command = (script: string, args: readonly string[], programs = "") =>
  runIn({ PATH: `${programs}:/usr/bin:/bin` }, script, ...args);

const INSTALL =
  "install it from https://developer.hashicorp.com/terraform/install, or name another binary in TERRAFORM_BINARY_NAME";

describe("a version", () => {
  it.each([
    ["1.5.0", "1.5.0", true],
    ["1.11.4", "1.5.0", true],
    ["2.0.0", "1.5.0", true],
    ["1.5.0-rc1", "1.5.0", true],
    ["1.4.9", "1.5.0", false],
    ["0.15.5", "1.5.0", false],
    ["none", "1.5.0", false],
  ])("%s is at least %s: %s", (have, want, answer) => {
    expect(atLeast(have, want)).toBe(answer);
  });
});

describe("Terraform", () => {
  it("can have another name", async () => {
    const PATH = bin({ tofu: version("1.8.2") });

    expect(await requireTerraform(NEEDS.mocks, { PATH: `${PATH}:/bin`, TERRAFORM_BINARY_NAME: "tofu" })).toBe("1.8.2");
  });

  it("is refused if it is too old", async () => {
    const env = { PATH: `${bin({ terraform: version("1.6.6") })}:/bin` };

    expect(await requireTerraform(NEEDS.stacks, env)).toBe("1.6.6");
    await expect(requireTerraform(NEEDS.mocks, env)).rejects.toThrow(
      new SkippedError(
        `Expected Terraform 1.7.0 or newer for \`terraform test\` with a mocked provider but terraform is 1.6.6: ${INSTALL}`,
      ),
    );
  });
});

describe("a provider mirror", () => {
  it("is passed to Terraform in a CLI configuration", async () => {
    const mirror = folder();
    mkdirSync(
      join(
        mirror,
        "registry.terraform.io/hashicorp/aws/6.0.0",
        `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`,
      ),
      { recursive: true },
    );

    const { TF_CLI_CONFIG_FILE = "" } = await providerSource(folder(), { TF_PLUGIN_MIRROR: mirror });

    expect(readFileSync(TF_CLI_CONFIG_FILE, "utf8")).toContain(`path    = "${mirror}"`);
  });

  it("is refused without the provider for this machine", async () => {
    const mirror = folder();

    const source = providerSource(folder(), { TF_PLUGIN_MIRROR: mirror });

    await expect(source).rejects.toThrow(SkippedError);
    await expect(source).rejects.toThrow(
      `in TF_PLUGIN_MIRROR but got ${mirror} without it: run terraform providers mirror ${mirror}, or unset TF_PLUGIN_MIRROR to use the registry`,
    );
  });

  it("is optional: without it, the user's own configuration is used", async () => {
    const own = join(folder(), "rc");
    writeFileSync(own, "");

    expect(await providerSource("", { TF_CLI_CONFIG_FILE: own })).toEqual({ TF_CLI_CONFIG_FILE: own });
    expect(await providerSource("", { TF_CLI_CONFIG_FILE: `${own}-gone` })).toEqual({ TF_CLI_CONFIG_FILE: undefined });
  });
});

describe("a working copy", () => {
  it("does not pass on credentials, profile or workspace of the shell", async () => {
    const before = { ...process.env };
    Object.assign(process.env, { AWS_PROFILE: "mine", AWS_SESSION_TOKEN: "secret", TF_WORKSPACE: "x", TF_VAR_a: "1" });

    const env = await isolatedEnv(folder(), "http://127.0.0.1:1").finally(() => {
      process.env = before;
    });

    expect(env).toMatchObject({
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_ENDPOINT_URL: "http://127.0.0.1:1",
    });
    expect(Object.keys(env).filter((name) => /^(AWS_(PROFILE|SESSION)|TF_(WORKSPACE|VAR))/.test(name))).toEqual([]);
  });

  it("contains the stack and an override, and no files of Terraform", async () => {
    const stack = join(folder(), "dev");
    for (const file of [
      "cdk.tf.json",
      ".terraform/x",
      ".terraform.lock.hcl",
      "terraform.tfstate",
      "old_override.tf.json",
    ]) {
      mkdirSync(dirname(join(stack, file)), { recursive: true });
      writeFileSync(join(stack, file), "{}");
    }

    const copy = await copyStack(stack, { terraform: { backend: {} } });

    const { stdout } = await run({ program: "find", args: [".", "-type", "f"], cwd: copy, limitSeconds: 10 });
    expect(stdout.split("\n").sort()).toEqual(["", "./cdk.tf.json", "./test_override.tf.json"]);
  });
});

describe("values for a rehearsal", () => {
  it("take the place of those in the file, and join it where there are none", () => {
    const tfvars = 'environment = "dev"\nerror_threshold = 3 # a comment\n# error_threshold = 9\n';

    expect(withValues(tfvars, { error_threshold: 4, alert_email: "operator@example.com" })).toBe(
      'environment = "dev"\n# error_threshold = 9\n\nerror_threshold = 4\nalert_email = "operator@example.com"\n',
    );
  });
});

describe("a command without its tools", () => {
  const missing = (of: string) => `skipped: Expected Terraform ${of} but found no no-terraform: ${INSTALL}\n`;
  const env = { TERRAFORM_BINARY_NAME: "no-terraform" };

  it.concurrent.each([
    ["validate", [], "1.7.0 or newer for `terraform test` with a mocked provider"],
    ["test-deploy", [], "1.5.0 or newer for the stacks"],
    ["plan", ["dev"], "1.5.0 or newer for the stacks"],
    ["deploy", ["dev"], "1.5.0 or newer for the stacks"],
    ["destroy", ["dev"], "1.5.0 or newer for the stacks"],
  ])("%s says so in one line and is skipped", async (script, args, of) => {
    expect(await spawned(script, args, env)).toEqual({ code: 3, stdout: "", stderr: missing(of) });
  });

  it("test:deploy says how to get moto, and is skipped", async () => {
    const programs = bin({ terraform: version("1.11.4") });

    expect(await command("test-deploy", [], programs)).toEqual({
      code: 3,
      stdout: "",
      stderr:
        'skipped: Expected moto_server on the PATH for a private AWS emulator but found none: run pip install "moto[server]"\n',
    });
  });
});

describe("a wrong command line", () => {
  // biome-ignore format: a table is read down its columns
  it.each([
    ["plan",        ["qa"],                                      'Expected one of dev, prod, staging for <env> but got "qa"'],
    ["deploy",      ["qa"],                                      'Expected one of dev, prod, staging for <env> but got "qa"'],
    ["destroy",     ["qa"],                                      'Expected one of dev, prod, staging for <env> but got "qa"'],
    ["deploy",      ["dev", "--endpoint-url", "localhost:4566"], 'Expected a URL such as http://127.0.0.1:4566 for --endpoint-url but got "localhost:4566"'],
    ["test-deploy", ["--port", "70000"],                         'Expected a number from 0 to 65535 for --port but got "70000"'],
  ])("of %s %j is refused in one line", async (script, args, line) => {
    expect(await command(script, args)).toEqual({ code: 2, stdout: "", stderr: `error: ${line}\n` });
  });

  it("is refused where the port is in use", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    // moto's own words; it may not be on this machine.
    const taken = { prints: `Address already in use\nPort ${port} is in use by another program.`, code: 1 };

    const ended = await command(
      "test-deploy",
      ["--port", String(port)],
      bin({ terraform: version("1.11.4"), moto_server: taken }),
    );

    server.close();
    expect(ended).toEqual({
      code: 2,
      stdout: "",
      stderr: `error: Expected a free port for --port but ${port} is in use\n`,
    });
  });
});
