/** What all test files share: nothing of the user's machine changes a result. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ENVIRONMENTS } from "../../modules/environment";
import { run } from "../commands/run";

const OF_PROJECT = join(__dirname, "../../environments");

describe("a test", () => {
  it("sees the committed environments only, not those that the user has added", () => {
    expect(readdirSync(ENVIRONMENTS).sort()).toEqual(["dev.tfvars", "prod.tfvars", "staging.tfvars"]);
    expect(ENVIRONMENTS).not.toBe(OF_PROJECT);
  });

  it("runs commands that see no others", async () => {
    const { code, stderr } = await run("cost", "live");

    expect([code, stderr]).toEqual([2, 'error: Expected one of dev, prod, staging for <env> but got "live"\n']);
  });

  it("has no credentials, Terraform variables or colours of the user's shell", () => {
    const personal = Object.keys(process.env).filter((name) => /^(AWS_(?!EC2|CONFIG|SHARED|SDK)|TF_VAR_)/.test(name));

    expect([personal, process.env.NO_COLOR]).toEqual([[], "1"]);
  });

  it("recognizes errors that a package or Node throws", () => {
    expect(() => readdirSync("/no/such/folder")).toThrow(Error);
    expect(() => JSON.parse("{")).toThrow(SyntaxError);
  });
});
