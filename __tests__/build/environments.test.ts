/** How commands find the environment that is asked for. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FILES: Readonly<Record<string, string>> = {
  "dev.tfvars": "",
  "prod.tfvars": 'regions = ["us-east-1", "eu-west-1"]',
  "staging.tfvars": "",
};

let root: string;
let folder: string;
let environmentNamed: (name: string) => Promise<{ environment: string; aws_region: string }>;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "environment-named-"));
  folder = join(root, "environments");
  mkdirSync(folder);
  // The folder is read once, when the module is loaded.
  process.env.ENVIRONMENTS_FOLDER = folder;
  ({ environmentNamed } = require("../../scripts/build/environments"));
});

afterAll(() => rmSync(root, { recursive: true }));

beforeEach(() => {
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  for (const [file, text] of Object.entries(FILES)) writeFileSync(join(folder, file), text);
});

describe("an environment", () => {
  it("is found by its name, or by one of its regions", async () => {
    const found = [await environmentNamed("dev"), await environmentNamed("prod-eu-west-1")];

    expect(found.map(({ environment, aws_region }) => [environment, aws_region])).toEqual([
      ["dev", "us-east-1"],
      ["prod", "eu-west-1"],
    ]);
  });

  it("is found if another file is not valid", async () => {
    writeFileSync(join(folder, "staging.tfvars"), "lambda_timeout = 0");

    expect((await environmentNamed("dev")).environment).toBe("dev");
    await expect(environmentNamed("staging")).rejects.toThrow(
      "environments/staging.tfvars: Expected a whole number of seconds from 1 to 900 for lambda_timeout but got 0",
    );
  });

  // biome-ignore format: a table is read down its columns
  it.each([
    ["moon",           ""],
    ["prod",           "; did you mean prod-us-east-1?"],
    ["stag",           "; did you mean staging?"],
    ["dve",            ""],
    ["de",             "; did you mean dev?"],
    ["stagign",        "; did you mean staging?"],
    ["prod-eu-west-2", "; did you mean prod-eu-west-1?"],
  ])("called %s is refused, with a suggestion only if one is near", async (name, suggestion) => {
    await expect(environmentNamed(name)).rejects.toThrow(
      new Error(
        `Expected one of dev, prod-us-east-1, prod-eu-west-1, staging for <env> but got ${JSON.stringify(name)}${suggestion}`,
      ),
    );
  });

  it("that does not exist is refused with the files there are, if one of them is not valid", async () => {
    writeFileSync(join(folder, "dev.tfvars"), "lambda_timeout = 0");

    await expect(environmentNamed("moon")).rejects.toThrow(
      'Expected one of dev, prod, staging for <env> but got "moon"',
    );
  });
});
