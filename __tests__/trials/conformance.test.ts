/** The engine against recorded answers of CloudWatch, and `npm run conformance`, which compares them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "../../scripts/commands/conformance";
import { runCommand } from "../../scripts/terminal/cli";
import { readCases } from "../../scripts/trials/conformance/cases";
import { conformanceOf } from "../../scripts/trials/conformance/conformance";

const COMMITTED = join(__dirname, "../fixtures/cloudwatch/cases.jsonl");

const casesOf = (...cases: readonly object[]) =>
  readCases("cases.jsonl", cases.map((one) => JSON.stringify(one)).join("\n"));

const pattern = (expected: unknown) => ({
  kind: "pattern",
  input: { pattern: "ERROR", line: "an ERROR" },
  expected,
  source: "a recording",
});

it("agrees with every recorded answer", () => {
  const { agree, lines } = conformanceOf(readCases("cases.jsonl", readFileSync(COMMITTED, "utf8")));
  expect(lines).toEqual([]);
  expect(agree).toBe(208);
});

describe("a comparison", () => {
  it("names place, both answers and source of a difference", () => {
    expect(conformanceOf(casesOf(pattern(true), pattern(false)))).toEqual({
      agree: 1,
      differ: 1,
      notSupported: 0,
      lines: ["differs: cases.jsonl:2 pattern: expected false but got true (a recording)"],
    });
  });

  it("counts a refusal as a difference", () => {
    const refused = { ...pattern(true), input: { pattern: "time-out", line: "a time-out" } };
    const { differ, lines } = conformanceOf(casesOf(refused));
    expect(differ).toBe(1);
    expect(lines[0]).toContain("expected true but got the error Expected a word of letters, digits and _");
  });

  it("counts what is not modelled, and kinds it does not know, as not supported", () => {
    const band = {
      kind: "math",
      input: { expression: "ANOMALY_DETECTION_BAND(m1)", series: { m1: [1] } },
      expected: [1],
      source: "s",
    };
    expect(conformanceOf(casesOf(band, { ...band, kind: "composite" }))).toEqual({
      agree: 0,
      differ: 0,
      notSupported: 2,
      lines: [
        "not supported: cases.jsonl:1 math: Cannot tell: ANOMALY_DETECTION_BAND is not modelled (s)",
        "not supported: cases.jsonl:2 composite: unknown kind of case (s)",
      ],
    });
  });

  it("allows numbers to differ by rounding, data to come in any order, and transitions their tolerance", () => {
    const source = "s";
    const late = { data: [[620, 1, 621]], until: 29, n: 1, threshold: 1, treat: "notBreaching" };
    const transitions = [
      [0, "OK"],
      [12, "ALARM"],
      [16, "OK"],
    ];
    const cases = casesOf(
      { kind: "math", input: { expression: "m1 / 3", series: { m1: [1] } }, expected: [0.3333333333], source },
      { kind: "math", input: { expression: "m1 / 3", series: { m1: [1] } }, expected: [0.3333], source },
      {
        kind: "emf",
        input: { line: { a: 1, b: 2, _aws: EMF } },
        expected: [
          ["b", 2, {}, "None"],
          ["a", 1, {}, "None"],
        ],
        source,
      },
      {
        kind: "late",
        input: { ...late, comparison: "GreaterThanOrEqualToThreshold", tolerance: 1 },
        expected: transitions,
        source,
      },
      { kind: "late", input: { ...late, comparison: "GreaterThanOrEqualToThreshold" }, expected: transitions, source },
    );
    expect(conformanceOf(cases).lines.map((line) => line.slice(0, 28))).toEqual([
      "differs: cases.jsonl:2 math:",
      "differs: cases.jsonl:5 late:",
    ]);
  });

  it("compares the values of a pattern as texts, as TestMetricFilter answers them", () => {
    const input = { pattern: "{ $.a > 1 }", line: { a: 5, b: "x" }, values: ["$.a", "$.b", "$.c"] };
    const cases = [
      { "$.a": "5", "$.b": "x" },
      { "$.a": 5, "$.b": "x" },
      { "$.a": "6", "$.b": "x" },
      { "$.a": "5" },
      true,
    ];
    const { lines } = conformanceOf(
      casesOf(...cases.map((expected) => ({ kind: "pattern", input, expected, source: "s" }))),
    );
    expect(lines.map((line) => line.slice(0, 22))).toEqual([3, 4, 5].map((line) => `differs: cases.jsonl:${line}`));
  });

  it("tells a state that stays as it was from one that does not", () => {
    const alarm = (expected: string) => ({
      kind: "alarm",
      input: { points: "- - -", treat: "ignore" },
      expected,
      source: "s",
    });
    expect(conformanceOf(casesOf(alarm("current"), alarm("OK")))).toMatchObject({ agree: 1, differ: 1 });
  });
});

const EMF = {
  Timestamp: 5,
  CloudWatchMetrics: [{ Namespace: "N", Dimensions: [[]], Metrics: [{ Name: "a" }, { Name: "b" }] }],
};

describe("npm run conformance", () => {
  let folder: string;
  let stdout: string[];
  let stderr: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "conformance-"));
    stdout = [];
    stderr = "";
    jest.spyOn(console, "log").mockImplementation((line: string) => void stdout.push(line));
    jest.spyOn(process.stderr, "write").mockImplementation((text) => {
      stderr += String(text);
      return true;
    });
  });

  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true });
    process.exitCode = undefined;
  });

  const fileOf = (content: string): string => {
    const file = join(folder, "mine.jsonl");
    writeFileSync(file, content);
    return file;
  };

  const run = async (...files: readonly string[]) => {
    process.exitCode = undefined;
    await runCommand(command, ["node", "conformance", ...files]);
    const code = process.exitCode ?? 0;
    return { code, last: stdout.at(-1), stderr };
  };

  it("ends with the count and code 0 if all agree", async () => {
    const file = fileOf(`${JSON.stringify(pattern(true))}\n\n`);
    expect(await run(file, file)).toEqual({ code: 0, last: "2 agree, 0 differ, 0 not supported", stderr: "" });
  });

  it("ends with code 1 if an answer differs, whose line stands above the count", async () => {
    const { code, last } = await run(fileOf(JSON.stringify(pattern(false))));
    expect([code, last]).toEqual([1, "0 agree, 1 differ, 0 not supported"]);
    expect(stdout[0]).toBe(`differs: ${folder}/mine.jsonl:1 pattern: expected false but got true (a recording)`);
  });

  it.each([
    ["no JSON", "\nnope", "mine.jsonl:2: Expected a JSON object but got nope"],
    ["no source", '{"kind":"pattern","input":{},"expected":true}', "mine.jsonl:1: source: "],
    ["no answer", '{"kind":"pattern","input":{},"source":"s"}', "mine.jsonl:1: expected: "],
    [
      "an input of another form",
      '{"kind":"pattern","input":{"line":"x"},"expected":true,"source":"s"}',
      "mine.jsonl:1: input.pattern: ",
    ],
    [
      "a point that is none",
      '{"kind":"alarm","input":{"points":"0 Y"},"expected":"OK","source":"s"}',
      "mine.jsonl:1: input.points.1: ",
    ],
  ])("refuses a line with %s, with code 2", async (_, content, message) => {
    const { code, last, stderr: written } = await run(fileOf(content));
    expect([code, last]).toEqual([2, undefined]);
    expect(written).toContain(message);
  });

  it("refuses a file that cannot be read, with code 2", async () => {
    const { code, stderr: written } = await run(join(folder, "none.jsonl"));
    expect(code).toBe(2);
    expect(written).toContain(
      "none.jsonl cannot be read (the committed cases are in __tests__/fixtures/cloudwatch/cases.jsonl)",
    );
  });
});
