/** The log of the local Lambda: its own lines, and which lines of the function pass the log level. */
import { runLambda } from "./run-lambda";

describe("the log of the local Lambda", () => {
  it("writes console lines as Lambda does in JSON format, and leaves raw lines alone", async () => {
    const { lines } = await runLambda(
      'exports.handler = async () => { console.debug("quiet"); console.warn("a %s", "warning"); process.stdout.write(JSON.stringify({ raw: true }) + "\\n"); };',
    );

    expect(lines.filter(({ type }) => type === undefined)).toEqual([
      { timestamp: expect.any(String), level: "WARN", requestId: expect.any(String), message: "a warning" },
      { raw: true },
    ]);
  });

  // biome-ignore format: a table is read down its columns
  it.each([
    ["DEBUG", ["platform.initStart", "platform.initReport", "platform.start", "platform.runtimeDone", "platform.report"]],
    ["INFO",  ["platform.initStart", "platform.start", "platform.report"]],
    ["WARN",  []],
  ])("writes the platform's lines of a success at system log level %s", async (systemLogLevel, types) => {
    const { lines } = await runLambda("exports.handler = async () => {};", { systemLogLevel });

    expect(lines.map(({ type }) => type)).toEqual(types);
  });

  it("filters raw lines by their level, and treats a line without level or valid timestamp as INFO", async () => {
    const { lines } = await runLambda(
      `exports.handler = async () => {
        const write = (line) => process.stdout.write(JSON.stringify({ ...line, of: "it" }) + "\\n");
        const timestamp = "2026-01-05T12:00:00.000Z";
        for (const level of ["INFO", "ERROR", "fatal", "CRITICAL", undefined]) write({ timestamp, level });
        for (const timestamp of [undefined, "yesterday", "2026-13-05T12:00:00Z", 1767614400000]) write({ timestamp, level: "ERROR" });
        write({ timestamp: "2026-01-05T12:00:00+01:00", level: "WARN" });
      };`,
      { applicationLogLevel: "WARN" },
    );

    expect(lines.filter(({ of }) => of === "it").map(({ level }) => level)).toEqual(["ERROR", "fatal", "WARN"]);
  });

  it("ends a line at a line feed and nowhere else", async () => {
    const { lines } = await runLambda(
      'exports.handler = async () => { process.stdout.write(JSON.stringify({ key: "a\\u2028b" }) + "\\n"); };',
    );

    expect(lines).toContainEqual({ key: "a\u2028b" });
  });
});
