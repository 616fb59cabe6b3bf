/** Commands in the documents exist and know the options that the documents give them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { scripts } from "../../package.json";
import { commandOf } from "../../scripts/docs/commands";

const ROOT = join(__dirname, "../..");

const DOCUMENTS = [
  ...["README.md", "CONTRIBUTING.md", "DEMO_GUIDE.md"],
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
];

/** Verbs of npm itself. */
const OF_NPM = ["ci", "install", "version"];

interface Typed {
  readonly document: string;
  readonly script: string;
  /** Including those in the comment behind the command. */
  readonly options: readonly string[];
}

/** @returns the commands in shell blocks and between backticks */
const typedIn = (document: string): Typed[] => {
  const text = readFileSync(join(ROOT, document), "utf8");
  const lines = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = ""]) => block.split("\n"));
  const inline = [...text.matchAll(/`(npm [^`]+)`/g)].map(([, line = ""]) => line);
  return [...lines, ...inline]
    .flatMap((line) => [...line.matchAll(/\bnpm (?:run )?([\w:-]+)((?:(?!&& npm).)*)/g)])
    .map(([, script = "", rest = ""]) => ({
      document,
      script,
      options: [...rest.matchAll(/(?<=\s)--[a-z][\w-]*/g)].map(String),
    }))
    .filter(({ script }) => !OF_NPM.includes(script));
};

const TYPED = DOCUMENTS.flatMap(typedIn);

const isScript = (name: string): name is keyof typeof scripts => Object.hasOwn(scripts, name);

describe("the documents", () => {
  it("name only scripts of package.json, and every one that operators run", () => {
    const named = new Set(TYPED.map(({ script }) => script));

    expect([...named].filter((script) => !isScript(script))).toEqual([]);
    expect([...named]).toEqual(
      expect.arrayContaining(["deploy", "doctor", "alarms", "smoke", "logs", "cost", "release", "redrive"]),
    );
  });

  it("give each command only options that it knows", async () => {
    const wrong: string[] = [];
    for (const { document, script, options } of TYPED) {
      const command = isScript(script) ? await commandOf(scripts[script]) : undefined;
      const known = command?.options.map(({ long }) => long) ?? [];
      wrong.push(
        ...options.filter((each) => !known.includes(each)).map((each) => `${document}: npm run ${script} ${each}`),
      );
    }

    expect(wrong).toEqual([]);
  });
});
