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

describe("toEqual", () => {
  it("tells buffers of different bytes or lengths apart, also within objects", () => {
    const bytes = Buffer.from([1, 2, 3]);

    expect({ bytes }).toEqual({ bytes: Buffer.from([1, 2, 3]) });
    for (const other of [
      [1, 2, 4],
      [1, 2],
      [1, 2, 3, 0],
    ])
      expect({ bytes }).not.toEqual({ bytes: Buffer.from(other) });
  });

  it("compares 4 MB of bytes without looking at each in JavaScript", () => {
    const [one, other] = [Buffer.alloc(4_000_000, 1), Buffer.alloc(4_000_000, 1)];

    expect(one).toEqual(other);
  });
});
