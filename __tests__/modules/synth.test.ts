/** The commands that write the stacks. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { synthesize } from "../../main";
import { warnings } from "../../modules/warnings";
import { RUN_TYPESCRIPT } from "../../scripts/terminal/run-typescript";
import { runIn } from "../commands/run";
import { committed, devWith, temporary } from "./synthesized";

const ROOT = join(__dirname, "../..");

describe("npm run synth", () => {
  const folder = temporary();
  const outdir = join(folder, "cdktf.out");
  const packagePath = join(folder, "package.zip");

  beforeAll(() => writeFileSync(packagePath, "a package"));

  const synth = (variables: Record<string, string> = {}, ...args: string[]) =>
    runIn({ HANDLER_PACKAGE: packagePath, CDKTF_OUTDIR: outdir, ...variables }, "synth", ...args);

  it("writes a folder for each environment, keeps Terraform's files there, and removes folders of deleted environments", async () => {
    const providers = join(outdir, "stacks/dev/.terraform");
    mkdirSync(providers, { recursive: true });
    mkdirSync(join(outdir, "stacks/demolished"), { recursive: true });

    const { code, stdout, stderr } = await synth();

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(readdirSync(join(outdir, "stacks")).sort()).toEqual(["dev", "prod", "staging"]);
    expect(readdirSync(join(outdir, "stacks/dev")).sort()).toEqual([".terraform", "assets", "cdk.tf.json"]);
    expect(stdout).toMatch(/^dev +\S*stacks\/dev +\d+ resources, 12 alarms$/m);
    expect(stdout).toMatch(/^prod +\S*stacks\/prod +\d+ resources, \d+ alarms, \d+ composite alarms$/m);
  });

  it("counts composite alarms, and shows the windows that follow from the traffic", async () => {
    const { stdout } = await synth({ TF_VAR_silence_periods: "5" }, "prod");

    const { resource } = JSON.parse(readFileSync(join(outdir, "stacks/prod/cdk.tf.json"), "utf8"));
    const composites = Object.keys(resource.aws_cloudwatch_composite_alarm).length;
    expect(composites).toBeGreaterThan(5);
    expect(stdout).toMatch(new RegExp(`^prod .* resources, \\d+ alarms, ${composites} composite alarms$`, "m"));
    expect(stdout).toMatch(
      /^prod for 1,000,000 uploads a month: error_rate_window_seconds 420, .*silence_periods 5 \(by hand; otherwise 3\)/m,
    );
  });

  const WRONG = { CDKTF_OUTDIR: join(folder, "nowhere"), TF_VAR_throttle_threshold: "many" };
  const REFUSAL =
    'TF_VAR_throttle_threshold: Expected a whole number from 1 to 1000000 for throttle_threshold but got "many"\n';

  it("refuses to write anything if a value is wrong", async () => {
    expect(await synth(WRONG)).toEqual({ code: 1, stdout: "", stderr: REFUSAL });
    expect(existsSync(WRONG.CDKTF_OUTDIR)).toBe(false);
  });

  it("refuses to write anything if a value is wrong, as main.ts does", () => {
    const { PATH, ENVIRONMENTS_FOLDER } = process.env;
    const env = { PATH, ENVIRONMENTS_FOLDER, ...WRONG };

    const ended = spawnSync(process.execPath, [...RUN_TYPESCRIPT, "main.ts"], { cwd: ROOT, env, encoding: "utf8" });

    expect(ended).toMatchObject({ status: 1, stdout: "", stderr: REFUSAL });
    expect(existsSync(WRONG.CDKTF_OUTDIR)).toBe(false);
  });

  it("refuses a missing package in one line", async () => {
    const { code, stderr } = await synth({ HANDLER_PACKAGE: "no/such.zip" });

    expect(code).toBe(1);
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

describe("before a deployment, an operator is warned", () => {
  const set = "Set alert_email in environments/dev.local.tfvars or TF_VAR_alert_email.";
  const topic = "arn:aws:sns:us-east-1:123456789012:oncall";

  it.each([
    ["", [`dev has no subscribers, so notifications reach no one. ${set}`]],
    ['alert_email = "operator@example.com"', []],
    [
      'critical_alert_email = "operator@example.com"',
      [`dev has no subscribers for performance and log notifications, so these reach no one. ${set}`],
    ],
    [
      'alert_sms = "+15555550100"',
      [`dev has no subscribers for performance and log notifications, so these reach no one. ${set}`],
    ],
    ['additional_alert_emails = ["operator@example.com"]', []],
    [
      `existing_critical_alerts_topic_arn = "${topic}"\nadditional_log_alert_emails = ["operator@example.com"]`,
      [`dev has no subscribers for performance notifications, so these reach no one. ${set}`],
    ],
  ])("about topics without subscribers (%j)", async (tfvars, expected) => {
    expect(warnings([await devWith(tfvars)])).toEqual(expected);
  });

  it("about environments that would count each other's log lines", async () => {
    const dev = await devWith('alert_email = "operator@example.com"');
    const qa = { ...dev, environment: "qa" };
    const abroad = { ...dev, environment: "abroad", aws_region: "eu-west-1" };

    expect(warnings([abroad, dev, qa])).toEqual([
      "dev and qa share the metric_namespace ImageProcessor/Lambda. In one account, each would count the log lines of the others.",
    ]);
  });

  it.each(["https://example.com", "https://example.com/runbooks", "https://wiki.example.org/a"])(
    "about runbooks at %s, which is only an example",
    async (url) => {
      const environment = await devWith(`alert_email = "operator@example.com"\nrunbook_base_url = "${url}"`);

      expect(warnings([environment])).toEqual([
        `dev links to runbooks at ${url}, which is only an example. Set runbook_base_url to the address where you publish docs/runbooks, or to "".`,
      ]);
    },
  );

  it("about no address that only looks like an example", async () => {
    const environment = await devWith(
      'alert_email = "operator@example.com"\nrunbook_base_url = "https://acme-example.com/runbooks"',
    );

    expect(warnings([environment])).toEqual([]);
  });

  it("about an existing upload bucket, whose notifications are replaced", async () => {
    const environment = await devWith('alert_email = "operator@example.com"\nexisting_upload_bucket_name = "acme-in"');

    expect(warnings([environment])).toEqual(["dev replaces the notification configuration of the bucket acme-in."]);
  });

  it("about the committed environments only because of subscribers and prod's example address", async () => {
    const environments = await Promise.all(["dev", "prod", "staging"].map(committed));

    expect(warnings(environments).map((warning) => warning.replace(/,? (so|at|about) .*/, ""))).toEqual([
      "dev has no subscribers",
      "prod has no subscribers",
      "prod links to runbooks",
      "staging has no subscribers",
    ]);
  });
});
