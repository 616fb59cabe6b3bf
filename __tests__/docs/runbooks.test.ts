/** The runbooks: every number is the environment's, and every step fits what is switched on. */
import { readEnvironments } from "../../modules/environment";
import { VARIABLES, type VariableName } from "../../modules/variables";
import { shownValue } from "../../scripts/docs/runbook-facts";
import { runbooksOf } from "../../scripts/docs/runbooks";
import { committed, devWith, environmentsOf } from "../modules/synthesized";

/** Numbers that no variable decides: retention of the queue, delay of SQS's metrics, a full vCPU, and two options. */
const CONSTANTS = ["14 days", "15 minutes", "1769 MB", "-1", "0 (", "set the function's concurrency to 0"];

/** Without blocks of code, and without the line that says when the alarm fires, which comes from the alarm itself. */
const proseOf = (page: string): string =>
  page
    .split("\n")
    .filter((_, line) => line !== 2)
    .join("\n")
    .replaceAll(/```[\s\S]*?```/g, "")
    .replaceAll(/^- On your machine: .*$/gm, "")
    .replaceAll(/^\d+\. /gm, "");

const isVariable = (name: string): name is VariableName => Object.hasOwn(VARIABLES, name);

const FLAGGED = `
  enable_dead_letter_queue = true
  enable_release_alias     = true
`;

describe.each(["dev", "staging", "prod"] as const)("a runbook of %s", (name) => {
  it("gives variables with the environment's values", async () => {
    const environment = await committed(name);

    const text = [...runbooksOf(environment).values()].map(proseOf).join("\n");
    const given = [...text.matchAll(/`(\w+)` \(([^)]+)\)/g)].map(([, variable = "", value = ""]) => [variable, value]);

    expect(given.length).toBeGreaterThan(5);
    expect(given).toEqual(
      given.map(([variable = "", value]) => [
        variable,
        isVariable(variable) ? shownValue(environment, variable) : value,
      ]),
    );
    expect(given.filter(([variable = ""]) => !isVariable(variable))).toEqual([]);
  });

  it("contains no number but those of variables and constants", async () => {
    const environment = await committed(name);

    const unexplained = [...runbooksOf(environment)].flatMap(([file, page]) => {
      const rest = CONSTANTS.reduce(
        (text, constant) => text.replaceAll(constant, ""),
        proseOf(page)
          .replaceAll(/`\w+` \([^)]+\)/g, "")
          .replaceAll(/[\w.,% ]+\(`\w+`\)/g, "")
          .replaceAll(/`[^`]+`/g, ""),
      );
      return [...rest.matchAll(/(?<!\w)-?\d[\d,.]*/g)].map(([number]) => `${file}: ${number}`);
    });

    expect(unexplained).toEqual([]);
  });
});

describe("the steps of a runbook", () => {
  it("redrive and roll back where there is a dead-letter queue and an alias", async () => {
    const pages = runbooksOf(await devWith(FLAGGED));

    const page = pages.get("memory-errors.md");
    expect(page).toContain("`npm run redrive -- dev`");
    expect(page).not.toContain("aws s3 cp");
    expect(page).toContain("`npm run release -- dev --rollback`");
    expect(page).toContain("run `npm run deploy -- dev`, and then `npm run release -- dev`");
  });

  it("copy and deploy where there is neither, with the name of the deployed bucket", async () => {
    const pages = runbooksOf(await committed("dev"), "photos-in-1a2b");

    const page = pages.get("memory-errors.md");
    expect(page).toContain(
      "`aws s3 cp s3://photos-in-1a2b/<key> s3://photos-in-1a2b/<key> --metadata-directive REPLACE`",
    );
    expect(page).not.toMatch(/redrive|npm run release/);
    expect(page).toContain("deploy the previous commit: `npm run deploy -- dev`");
  });

  it("name the regional stack of an environment with several regions", async () => {
    const [, second] = await readEnvironments(
      environmentsOf({ "dev.tfvars": 'regions = ["us-east-1", "eu-west-1"]' }),
      {},
    );

    if (second === undefined) throw new Error("Expected two stacks");
    expect(runbooksOf(second).get("throttles.md")).toContain("npm run doctor -- dev-eu-west-1");
  });
});
