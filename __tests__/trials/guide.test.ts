/** DEMO_GUIDE.md names commands that exist; `npm run guide` and `npm run test:deploy` run them. */
import { scripts } from "../../package.json";
import { guideCommands } from "../../scripts/trials/guide/commands";

describe("the guide", () => {
  it.each(["Without an account", "With an account"] as const)("%s: names only scripts of package.json", (half) => {
    const commands = guideCommands(half);

    const verbs = commands.map((command) => /^npm (?:run )?([\w:-]+)( |$)/.exec(command)?.[1] ?? command);
    expect(verbs.length).toBeGreaterThan(5);
    expect(verbs.filter((verb) => verb !== "ci" && !Object.keys(scripts).includes(verb))).toEqual([]);
  });

  it("ends by removing everything from the account", () => {
    expect(guideCommands("With an account").at(-1)).toBe("npm run destroy -- dev --empty-buckets");
  });
});
