/** `npm run cost`: what it prints, and what it refuses. */
import { ASSUMPTIONS } from "../../scripts/docs/cost/usage";
import { run } from "./run";

describe("npm run cost", () => {
  it("prints the bill, the choices and the assumption with the largest effect", async () => {
    const { code, stdout, stderr } = await run("cost", "prod", "--images", "1000000", "--mean-mb", "3");

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^prod in us-east-1: 1,000,000 images of 3 MB per month, list prices of \d{4}-\d\d-\d\d$/m);
    expect(stdout).toMatch(/^ {2}S3 storage +\d+\.\d\d +\d\d\.\d %$/m);
    expect(stdout).toMatch(/^ {2}png +\d+\.\d\d +\d+\.\d\d +\d\d\.\d %/m);
    expect(stdout).toMatch(/● lambda_architecture = arm64/);
    expect(stdout).toMatch(
      /^Apart from the number of images, \w+ has the largest effect .+: 1 % more costs 0\.\d\d % more\.$/m,
    );
  });

  it("prints the same as JSON", async () => {
    const { code, stdout } = await run("cost", "dev", "--images", "1000", "--assume", "monthsKept=12", "--json");

    const { bill, totalUsd, assumed, dominating } = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(assumed).toMatchObject({ images: 1000, meanMb: 3, monthsKept: 12 });
    expect(totalUsd).toBeCloseTo(Object.values<number>(bill).reduce((sum, usd) => sum + usd, 0));
    expect(dominating).toMatchObject({ assumption: "meanMb", percent: expect.any(Number) });
  });

  it.each([
    [["--images", "many"], 'Expected a number above 0 for --images but got "many"'],
    [["--assume", "luck=1"], `Expected one of ${Object.keys(ASSUMPTIONS).join(", ")} for --assume but got luck`],
  ])("refuses %j", async (args, message) => {
    expect(await run("cost", "dev", ...args)).toEqual({ code: 2, stdout: "", stderr: `error: ${message}\n` });
  });
});
