/** `npm run patterns`: the local check, and the comparison with a local CloudWatch Logs server. */
import type { MetricFilterMatchRecord } from "@aws-sdk/client-cloudwatch-logs";
import { ENVIRONMENTS, readEnvironments } from "../../modules/environment";
import { clientsFor } from "../../scripts/aws/clients";
import { matches, parseFilterPattern } from "../../scripts/cloudwatch/filter-pattern";
import type { MetricFilter } from "../../scripts/cloudwatch/metric-filter";
import { synthesizedFilters } from "../../scripts/commands/patterns";
import { type LogSample, logSamples } from "../../scripts/trials/log-samples";
import { matchesOf, serviceDifferences, unmatchedFilters } from "../../scripts/trials/pattern-check";
import { ServiceError, startAwsJson } from "./aws-json";
import { run } from "./run";

let filters: readonly MetricFilter[];
let lines: LogSample[];
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const [dev] = await readEnvironments(ENVIRONMENTS, {});
  if (dev === undefined) throw new Error("Expected an environment for dev but got none");
  filters = synthesizedFilters(dev);
  lines = await logSamples();
});

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const filterOf = (metric: string, changed: { pattern?: string; value?: string } = {}): MetricFilter => {
  const found = filters.find(({ metric: { name } }) => name === metric);
  if (found === undefined) throw new Error(`Expected a filter for ${metric} but got none`);
  const { pattern = found.pattern, value = found.metric.value } = changed;
  return { ...found, pattern, metric: { ...found.metric, value } };
};

const lineOf = (event: string): LogSample => {
  const found = lines.find(({ name }) => name === event);
  if (found === undefined) throw new Error(`Expected a line for ${event} but got none`);
  return found;
};

type Change = (records: MetricFilterMatchRecord[]) => MetricFilterMatchRecord[];

/** Matches like the local parser, returns values as text, enforces the documented limits, and then changes the result. */
const cloudWatchLogs = async (change: Change = (records) => records) => {
  const server = await startAwsJson({
    TestMetricFilter: (input) => {
      const { filterPattern, logEventMessages } = input as { filterPattern: string; logEventMessages: string[] };
      if (logEventMessages.length < 1 || logEventMessages.length > 50)
        throw new ServiceError("InvalidParameterException", "logEventMessages must have 1 to 50 members");
      const pattern = parseFilterPattern(filterPattern);
      const matched = logEventMessages.flatMap((eventMessage, index) => {
        const values = matches(pattern, eventMessage)?.values;
        if (values === undefined) return [];
        const extractedValues = Object.fromEntries([...values].map(([selector, value]) => [selector, String(value)]));
        return { eventNumber: index, eventMessage, extractedValues };
      });
      return { matches: change(matched) };
    },
  });
  stops.push(server.stop);
  return { ...server, logs: clientsFor("us-east-1", server.endpoint).logs };
};

describe("npm run patterns -- <env>", () => {
  it("shows which filters match each line, and ends with exit code 0 if all are as the ledgers say", async () => {
    const { code, stdout, stderr } = await run("patterns", "prod");

    const rows = stdout.trim().split("\n");
    expect([code, stderr]).toEqual([0, ""]);
    expect(rows.slice(0, 2)).toEqual([
      "✓ image.received                    ImageSizeBytes",
      "✓ image.large                       no filter",
    ]);
    // prod has three filters more, of lost records and of upload links, and a filter less, of large images.
    expect(rows.slice(lines.length)).toEqual([
      `✓ prod, ${filters.length + 2} filters and ${lines.length} lines: each filter matches exactly its own lines (local parser)`,
    ]);
  });

  it("names a filter that misses its line, and one that counts another line", () => {
    const wrong = [filterOf("LargeImages", { pattern: '{ $.event = "image.Large" }' }), filterOf("ImageSizeBytes")];
    const received = { ...lineOf("image.received"), countedBy: [] };

    const allMatches = [lineOf("image.large"), received].map((line) => matchesOf(line, wrong));

    expect(allMatches.map(({ problems }) => problems)).toEqual([
      ["LargeImages does not count image.large"],
      ["ImageSizeBytes counts image.received by mistake"],
    ]);
    expect(unmatchedFilters(wrong, allMatches)).toEqual(["LargeImages matches none of the lines"]);
  });

  it("names a filter whose value is not a number", () => {
    const wrong = filterOf("ImageSizeBytes", {
      pattern: '{ $.event = "image.received" && $.bucket = "*" }',
      value: "$.bucket",
    });

    expect(matchesOf(lineOf("image.received"), [wrong]).problems).toEqual([
      "ImageSizeBytes finds no number in image.received",
    ]);
  });
});

describe("npm run patterns -- <env> --live", () => {
  it("finds no difference if CloudWatch Logs matches the same lines", async () => {
    const { logs, calls } = await cloudWatchLogs();

    expect(await serviceDifferences(logs, filters, lines)).toEqual([]);
    expect(calls.map(({ input }) => input.filterPattern)).toEqual(filters.map(({ pattern }) => pattern));
  });

  it("sends at most 50 lines at a time, and all of them", async () => {
    const { logs, calls } = await cloudWatchLogs();
    const many = Array.from({ length: 120 }, (_, index) => ({
      name: `line ${index}`,
      line: JSON.stringify({ event: "image.large", index }),
      countedBy: [],
    }));

    expect(await serviceDifferences(logs, [filterOf("LargeImages")], many)).toEqual([]);
    expect(calls.map(({ input }) => (input.logEventMessages as string[]).length)).toEqual([50, 50, 20]);
  });

  it("names a line that only one side matches", async () => {
    const none = await cloudWatchLogs(() => []);
    const other = lineOf("image.failed");
    const extra = await cloudWatchLogs((matched) => [...matched, { eventMessage: other.line }]);

    const differences = await Promise.all(
      [none, extra].map(({ logs }) => serviceDifferences(logs, [filterOf("LargeImages")], lines)),
    );

    expect(differences).toEqual([
      ["LargeImages, image.large: matched here but not by CloudWatch Logs"],
      ["LargeImages, image.failed: matched by CloudWatch Logs but not here"],
    ]);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ["the same number, formatted differently", { "$.sizeBytes": "1.0E3", "$.event": "image.received" }, []],
    ["another number", { "$.sizeBytes": "1" }, ['$.sizeBytes is 1000 here and "1" in CloudWatch Logs']],
    [
      "another text",
      { "$.sizeBytes": "1000", "$.event": "x" },
      ['$.event is "image.received" here and "x" in CloudWatch Logs'],
    ],
    ["nothing for the metric's value", {}, ["$.sizeBytes is 1000 here and nothing in CloudWatch Logs"]],
    ["a selector that only one side lists", { "$.sizeBytes": "1000", "$.key": "x" }, []],
  ])("compares the values: %s", async (_, extractedValues, expected) => {
    const { logs } = await cloudWatchLogs((matched) => matched.map((record) => ({ ...record, extractedValues })));

    expect(await serviceDifferences(logs, [filterOf("ImageSizeBytes")], lines)).toEqual(
      expected.map((difference) => `ImageSizeBytes, image.received: ${difference}`),
    );
  });

  it("names a pattern that CloudWatch Logs refuses, and continues with the others", async () => {
    const { endpoint, calls, stop } = await startAwsJson({
      TestMetricFilter: () => {
        throw new ServiceError("InvalidParameterException", "Invalid metric filter pattern");
      },
    });
    stops.push(stop);
    const two = [filterOf("LargeImages"), filterOf("MemoryErrors")];

    const differences = await serviceDifferences(clientsFor("us-east-1", endpoint).logs, two, lines);

    expect(differences).toEqual([
      "LargeImages: its pattern is valid here, but CloudWatch Logs refuses it: Invalid metric filter pattern",
      "MemoryErrors: its pattern is valid here, but CloudWatch Logs refuses it: Invalid metric filter pattern",
    ]);
    expect(calls).toHaveLength(2);
  });

  it("exits with 0 if both agree, and with 1 and the difference if they do not", async () => {
    const agreeing = await cloudWatchLogs();
    const forgetful = await cloudWatchLogs((matched) =>
      matched.filter(({ eventMessage = "" }) => JSON.parse(eventMessage).event !== "image.large"),
    );

    const ended = await Promise.all(
      [agreeing, forgetful].map(({ endpoint }) => run("patterns", "dev", "--endpoint-url", endpoint)),
    );

    expect(ended.map(({ code, stdout }) => [code, stdout.trim().split("\n").at(-1)])).toEqual([
      [
        0,
        `✓ dev, ${filters.length} filters and ${lines.length} lines: CloudWatch Logs matches the same lines as the local parser, and extracts the same values`,
      ],
      [1, "✗ LargeImages, image.large: matched here but not by CloudWatch Logs"],
    ]);
  });

  it("refuses, in one line, to work without credentials, or with an endpoint that does not know the call", async () => {
    const { endpoint, stop } = await startAwsJson({});
    stops.push(stop);

    const [without, unknown] = await Promise.all([
      run("patterns", "dev", "--live"),
      run("patterns", "dev", "--endpoint-url", endpoint),
    ]);

    expect([without?.code, without?.stderr]).toEqual([
      1,
      "error: Expected AWS credentials in the shell but got none: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY\n",
    ]);
    expect([unknown?.code, unknown?.stderr]).toEqual([
      1,
      "error: Expected an answer to TestMetricFilter but got HTTP 500 and no JSON: the endpoint may not know it\n",
    ]);
  });
});
