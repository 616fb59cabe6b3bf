/** `npm run cloudformation`. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporary } from "../modules/synthesized";
import { runIn } from "./run";

describe("npm run cloudformation", () => {
  const outdir = temporary();
  const packagePath = join(outdir, "package.zip");
  const variables = { HANDLER_PACKAGE: packagePath, CDKTF_OUTDIR: outdir, TF_VAR_alert_email: "operator@example.com" };

  beforeAll(() => writeFileSync(packagePath, "a package"));

  it("writes template, zip and the values of the parameters", async () => {
    const { code, stdout, stderr } = await runIn(variables, "cloudformation", "dev");

    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(
      /^dev {2}\S*cloudformation\/dev {2}\d+ resources, 3 addresses, \d+ KiB, deploy it from a bucket$/m,
    );
    const folder = join(outdir, "cloudformation/dev");
    expect(readdirSync(folder).sort()).toEqual(["lambda_function.zip", "parameters.json", "template.json"]);
    expect(readFileSync(join(folder, "lambda_function.zip"), "utf8")).toBe("a package");
  });

  it("writes every environment", async () => {
    const { code, stdout } = await runIn(variables, "cloudformation");

    expect(code).toBe(0);
    expect(readdirSync(join(outdir, "cloudformation")).sort()).toEqual(["dev", "prod", "staging"]);
    expect(stdout).toMatch(/^prod /m);
  });

  it("skips the check without cfn-lint, and says so", async () => {
    const { code, stdout, stderr } = await runIn({ ...variables, PATH: outdir }, "cloudformation", "dev", "--lint");

    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toBe('skipped: Expected cfn-lint 1 on the PATH but found none: run pip install "cfn-lint>=1"\n');
  });
});
