/** The commands that write the stacks, run as processes. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { synthesize } from "../../main";
import { warnings } from "../../scripts/build/synth";
import { committed, devWith, temporary } from "./synthesized";

const ROOT = join(__dirname, "../..");

describe("npm run synth", () => {
  const folder = temporary();
  const outdir = join(folder, "cdktf.out");
  const packagePath = join(folder, "package.zip");

  beforeAll(() => writeFileSync(packagePath, "a package"));

  const run = (script: string, variables: Record<string, string> = {}) => {
    const settings = { HANDLER_PACKAGE: packagePath, CDKTF_OUTDIR: outdir, NO_COLOR: "1", ...variables };
    const env = { PATH: process.env.PATH, ...settings };
    return spawnSync(process.execPath, ["--import", "tsx", script], { cwd: ROOT, env, encoding: "utf8" });
  };

  it("writes a folder for each environment, keeps Terraform's files there, and removes folders of deleted environments", () => {
    const providers = join(outdir, "stacks/dev/.terraform");
    mkdirSync(providers, { recursive: true });
    mkdirSync(join(outdir, "stacks/demolished"), { recursive: true });

    const { status, stdout, stderr } = run("scripts/commands/synth.ts");

    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(readdirSync(join(outdir, "stacks")).sort()).toEqual(["dev", "prod", "staging"]);
    expect(readdirSync(join(outdir, "stacks/dev")).sort()).toEqual([".terraform", "assets", "cdk.tf.json"]);
    expect(stdout).toMatch(/^dev +\S*stacks\/dev +\d+ resources, 12 alarms$/m);
    expect(stdout).toMatch(/^prod +\S*stacks\/prod +\d+ resources, 19 alarms$/m);
  });

  it.each(["main.ts", "scripts/commands/synth.ts"])("refuses to write anything if a value is wrong (%s)", (script) => {
    const nowhere = join(folder, "nowhere");

    const { status, stdout, stderr } = run(script, { CDKTF_OUTDIR: nowhere, TF_VAR_throttle_threshold: "many" });

    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: "",
      stderr:
        'TF_VAR_throttle_threshold: Expected a whole number from 1 to 1000000 for throttle_threshold but got "many"\n',
    });
    expect(existsSync(nowhere)).toBe(false);
  });

  it("refuses a missing package in one line", () => {
    const { status, stderr } = run("scripts/commands/synth.ts", { HANDLER_PACKAGE: "no/such.zip" });

    expect(status).toBe(1);
    expect(stderr).toBe(
      "error: The function's package no/such.zip does not exist. Build it with: npm run build -- --architecture arm64\n",
    );
  });
});

describe("synthesize", () => {
  it("copies the package that it is given next to the JSON, and not the one of HANDLER_PACKAGE", async () => {
    const folder = temporary();
    const packagePath = join(folder, "given.zip");
    writeFileSync(packagePath, "the given package");
    process.env.HANDLER_PACKAGE = "no/such.zip";

    synthesize([await devWith("")], { outdir: join(folder, "a/b"), packagePath });

    delete process.env.HANDLER_PACKAGE;
    const copy = join(folder, "a/b/stacks/dev/assets/lambda_function_package/current/handler.zip");
    expect(readFileSync(copy, "utf8")).toBe("the given package");
  });
});

describe("before a deploy", () => {
  const howTo = "set alert_email (TF_VAR_alert_email or environments/dev.local.tfvars)";

  it.each([
    ["", [`dev has no subscribers for the alarms, so notifications reach no one: ${howTo}`]],
    ['alert_email = "operator@example.com"', []],
    [
      'critical_alert_email = "operator@example.com"',
      [`dev has no subscribers for the performance and log alarms, so notifications reach no one: ${howTo}`],
    ],
    [
      'alert_email = "operator@example.com"\nrunbook_base_url = "https://example.com/runbooks"',
      [
        'dev links to runbooks at an example address: set runbook_base_url to where docs/runbooks is published, or to ""',
      ],
    ],
    [
      'alert_sms = "+15555550100"',
      [`dev has no subscribers for the performance and log alarms, so notifications reach no one: ${howTo}`],
    ],
  ])("prints a warning for alarms without subscribers and for example addresses (%j)", async (tfvars, expected) => {
    expect(warnings([await devWith(tfvars)])).toEqual(expected);
  });

  it("prints a warning for environments that would count each other's log lines", async () => {
    const dev = await devWith('alert_email = "operator@example.com"');
    const qa = { ...dev, environment: "qa" };
    const abroad = { ...dev, environment: "abroad", aws_region: "eu-west-1" };

    expect(warnings([abroad, dev, qa])).toEqual([
      "dev and qa share metric_namespace ImageProcessor/Lambda: in one account each would count the other's log lines",
    ]);
  });

  it("prints no such warning for the committed environments", async () => {
    const environments = await Promise.all(["dev", "prod", "staging"].map(committed));

    expect(warnings(environments).filter((warning) => warning.includes("share"))).toEqual([]);
  });
});
