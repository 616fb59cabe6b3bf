/** The documents: every link leads somewhere, every file they name exists, and every test they cite is there. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { VARIABLES } from "../../modules/variables";

const ROOT = join(__dirname, "../..");

const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");

const DOCUMENTS = [
  ...readdirSync(ROOT).filter((file) => file.endsWith(".md")),
  ".github/SECURITY.md",
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
];

interface Link {
  readonly document: string;
  readonly text: string;
  /** Path from the root of the project. */
  readonly file: string;
  readonly anchor: string | undefined;
}

/** The text without blocks of code, which contain no links. */
const prose = (document: string): string => read(document).replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");

const linksIn = (document: string): Link[] =>
  [...prose(document).matchAll(/\[([^\]]+)\]\(([^)\s]+)\)/g)]
    .filter(([, , target = ""]) => !/^\w+:/.test(target))
    .map(([, text = "", target = ""]) => {
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? document : relative(ROOT, join(ROOT, dirname(document), path));
      return { document, text, file, anchor };
    });

const LINKS = DOCUMENTS.flatMap(linksIn);

/** As GitHub makes them from headings. */
const anchorsIn = (document: string): string[] =>
  [...read(document).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

const shown = ({ document, file, anchor }: Link): string =>
  `${document}: ${file}${anchor === undefined ? "" : `#${anchor}`}`;

/** Files made by a command, or local to one person: they need not exist. */
const NOT_COMMITTED = /^(dist|out|cdktf\.out|\.cache|node_modules)\/|\.local\.tfvars$|[<*]/;

/** Whether a text between backticks is the path of a file in a folder of the project. */
const isPath = (text: string): boolean =>
  /^[\w.@/<>*-]+$/.test(text) &&
  /^(handler|modules|scripts|__tests__|docs|environments|\.github|\.ci|\.vscode)\//.test(text);

describe("the documents", () => {
  it("link only to files that exist", () => {
    expect(LINKS.length).toBeGreaterThan(50);
    expect(LINKS.filter(({ file }) => !existsSync(join(ROOT, file))).map(shown)).toEqual([]);
  });

  it("link only to headings that exist", () => {
    const broken = LINKS.filter(({ anchor }) => anchor !== undefined).filter(
      ({ file, anchor = "" }) => !file.endsWith(".md") || !anchorsIn(file).includes(anchor),
    );

    expect(broken.map(shown)).toEqual([]);
  });

  it("cite only tests that exist, by their titles", () => {
    const cited = LINKS.filter(({ document, file }) => document === "docs/security.md" && file.endsWith(".test.ts"));
    const titles = cited.filter(({ text }) => text !== "A test");

    const missing = titles.filter(({ text, file }) => !read(file).includes(`"${text}"`));

    expect(titles.length).toBeGreaterThan(20);
    expect(missing.map(({ file, text }) => `${file}: ${text}`)).toEqual([]);
  });

  it("run single tests by titles that exist", () => {
    const commands = DOCUMENTS.flatMap((document) => [
      ...read(document).matchAll(/jest (\S+\.test\.ts) -t "([^"]+)"/g),
    ]);

    expect(commands.length).toBeGreaterThan(0);
    expect(
      commands.filter(([, file = "", title = ""]) => !read(file).includes(title)).map(([command]) => command),
    ).toEqual([]);
  });

  it("name only files and folders that exist", () => {
    const named = DOCUMENTS.flatMap((document) =>
      [...prose(document).matchAll(/`([^`\n]+)`/g)].map(([, text = ""]) => ({ document, text })),
    ).filter(({ text }) => isPath(text) && !NOT_COMMITTED.test(text));

    const missing = named.filter(({ text }) => !existsSync(join(ROOT, text)));

    expect(named.length).toBeGreaterThan(30);
    expect(missing.map(({ document, text }) => `${document}: ${text}`)).toEqual([]);
  });

  it("name only variables that exist, for findings of a scanner and for recipients", () => {
    const [, section = ""] = /^## Scan with checkov\n([\s\S]*?)^## /m.exec(read("docs/terraform.md")) ?? [];
    const recipients = /^\| recipient [\s\S]*?\n\n/m.exec(read("docs/alarms.md"))?.[0] ?? "";
    const answers = `${section}${recipients}`.split("\n").flatMap((line) => /^\| .+ \| (.+) \|$/.exec(line)?.[1] ?? []);
    const named = answers.flatMap((answer) =>
      [...answer.matchAll(/`([a-z0-9]+(?:_[a-z0-9]+)+)`/g)].map(([, name]) => name),
    );

    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name = "") => !Object.hasOwn(VARIABLES, name))).toEqual([]);
  });

  it("are all in the index", () => {
    const indexed = LINKS.filter(({ document }) => document === "docs/README.md").map(({ file }) => file);
    const wanted = DOCUMENTS.filter((file) => !/runbooks\/|^\.github|^docs\/README\.md$/.test(file));

    expect(wanted.filter((file) => !indexed.includes(file))).toEqual([]);
  });
});

describe("the README", () => {
  it("names every module that others may pick", () => {
    const [, table = ""] = read("docs/modules.md").split("## Pick your module\n");
    const modules = [...(table.split("\n## ")[0]?.matchAll(/^\| [^|]+ \| `(\w+)` \|/gm) ?? [])].map(([, name]) => name);

    expect(modules.length).toBeGreaterThan(6);
    for (const name of modules) expect(read("README.md")).toContain(`\`${name}\``);
  });

  it("has at most 200 lines", () => {
    expect(read("README.md").trimEnd().split("\n").length).toBeLessThanOrEqual(200);
  });

  it("begins with a command on a committed sample", () => {
    const [, command = ""] = /^```sh\n(.*)\n```$/m.exec(read("README.md")) ?? [];

    const [, sample = ""] = /^npm ci && npm start -- (\S+)$/.exec(command) ?? [];

    expect(existsSync(join(ROOT, sample))).toBe(true);
    expect(sample).toMatch(/^scripts\/images\/samples\//);
  });

  it("shows as many variants, alarms and variables as it says", () => {
    const readme = read("README.md");
    const rowsOf = (name: string): number => {
      const [, part = ""] = new RegExp(`<!-- generated:${name} -->([\\s\\S]*?)<!-- /generated`).exec(readme) ?? [];
      return part.split("\n").filter((line) => line.startsWith("| `") || line.startsWith("| [")).length;
    };

    expect(readme).toMatch(/\*\*Five variants .*\*\*Twelve alarms /s);
    expect([rowsOf("variants"), rowsOf("alarms"), rowsOf("variables")]).toEqual([5, 12, 10]);
  });

  it("gives the command that runs all tests", () => {
    expect(read("README.md")).toMatch(/^```sh\nnpm ci && npm test\n```$/m);
  });
});
