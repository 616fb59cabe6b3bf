/** What the commands make of an account whose answers are plausible and wrong: each check must notice. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { DEFAULT_VARIANTS } from "../../handler/contract/variants";
import { resetAlarm, testAlarm } from "../../scripts/aws/account-alarms";
import { type LogEvent, logEvents, logGroupOf } from "../../scripts/aws/account-log";
import type { RoundOptions } from "../../scripts/aws/account-uploads";
import { clientsFor } from "../../scripts/aws/clients";
import { refused } from "../../scripts/aws/smoke-outcomes";
import { variantProblems } from "../../scripts/aws/stored-variants";
import { release } from "../../scripts/commands/release";
import type { Answers } from "./account";
import { useAccounts } from "./accounts";
import { bucketsOf } from "./healthy-account";

const { dev, account } = useAccounts();

describe("the log", () => {
  const now = Date.now();
  const event = (fields: object, more: object = {}) => ({ timestamp: now, message: JSON.stringify(fields), ...more });
  const read = async (events: object[], pattern?: string): Promise<LogEvent[]> => {
    const { endpoint } = await account({ FilterLogEvents: () => ({ events }) });
    const group = logGroupOf(clientsFor("us-east-1", endpoint).logs, dev());
    const lines: LogEvent[] = [];
    for await (const line of logEvents(group, { pattern, sinceMs: now - 1 })) lines.push(line);
    return lines;
  };

  it("leaves out lines that do not match the pattern, and lines from before", async () => {
    const wanted = { event: "image.refused", key: "a.jpg" };

    const lines = await read(
      [event({ event: "image.refused", key: "b.jpg" }), event(wanted, { timestamp: now - 60_000 }), event(wanted)],
      '{ ($.event = "image.refused") && ($.key = "a.jpg") }',
    );

    expect(lines.map(({ text }) => JSON.parse(text))).toEqual([wanted]);
  });

  it("ends if the service returns the same page again and again", async () => {
    const { endpoint, calls } = await account({ FilterLogEvents: () => ({ events: [], nextToken: "same" }) });
    const group = logGroupOf(clientsFor("us-east-1", endpoint).logs, dev());

    const lines: LogEvent[] = [];
    for await (const line of logEvents(group, { sinceMs: 0 })) lines.push(line);

    expect([lines.length, calls.length]).toEqual([0, 2]);
  });
});

describe("npm run release", () => {
  const performed = async (wrong: Answers) => {
    const { endpoint, calls } = await account(wrong);
    const error = await release(dev(), { samples: false, endpointUrl: endpoint }).then(
      () => undefined,
      (reason: Error) => reason.message,
    );
    return { error, moved: calls.filter(({ operation }) => operation === "UpdateAlias").length };
  };

  it("notices another alias", async () => {
    const { error } = await performed({ GetAlias: () => ({ Name: "other", FunctionVersion: "3" }) });

    expect(error).toBe("Expected a version of live from GetAlias but got other at 3");
  });

  it("does not take missing alarms for alarms that are not in ALARM", async () => {
    const { error, moved } = await performed({ DescribeAlarms: () => ({ MetricAlarms: [] }) });

    expect([error, moved]).toEqual([
      "dev is not deployed to us-east-1 of this account, or only in part: there is no alarm image-processor-dev-processor-high-error-rate. Run npm run deploy -- dev",
      0,
    ]);
  });

  it("notices that the alias was not moved", async () => {
    const { error } = await performed({ UpdateAlias: () => ({ Name: "live", FunctionVersion: "3" }) });

    expect(error).toBe("Expected version 4 from UpdateAlias but got 3");
  });
});

describe("npm run smoke", () => {
  const KEY_OF_FAKE = "smoke/1/not-a-photo.jpg";
  const SAMPLES = join(__dirname, "../../scripts/images/samples");
  const SUNRISE = readFileSync(join(SAMPLES, "sunrise-sideways.jpg"));

  const roundAt = (endpoint: string): RoundOptions => ({
    s3: clientsFor("us-east-1", endpoint).s3,
    buckets: bucketsOf(dev()),
    variants: DEFAULT_VARIANTS,
    prefix: "smoke/1/",
    concurrency: 1,
    waitMs: 40,
    intervalMs: 10,
    signal: new AbortController().signal,
  });

  const refusalWith = async (line: object) => {
    const { endpoint } = await account({
      PutObject: () => "",
      FilterLogEvents: () => ({ events: [{ timestamp: Date.now(), message: JSON.stringify(line) }] }),
    });
    const log = { group: logGroupOf(clientsFor("us-east-1", endpoint).logs, dev()), sinceMs: 0 };
    const { result, passed } = await refused({ key: KEY_OF_FAKE, bytes: Buffer.from("x") }, log, roundAt(endpoint));
    return [passed, result];
  };

  it("passes at the refusal of its own file for the right reason only", async () => {
    const line = { event: "image.refused", key: KEY_OF_FAKE, reason: "not-an-image" };

    const results = await Promise.all(
      [line, { ...line, reason: "too-large" }, { ...line, reason: undefined }, { ...line, key: "other.jpg" }]
        .concat({ ...line, event: "image.processed" })
        .map(refusalWith),
    );

    expect(results).toEqual([
      [true, "refused: not-an-image"],
      [false, "refused: too-large"],
      [false, "refused: undefined"],
      [false, "no refusal in the log within 0.04 s"],
      [false, "no refusal in the log within 0.04 s"],
    ]);
  });

  it("notices variants that show another picture, have another size, or are not what their names say", async () => {
    const other = await sharp(readFileSync(join(SAMPLES, "evening-lake.webp")))
      .resize(1536, 2048, { fit: "fill" })
      .jpeg()
      .toBuffer();
    const upright = sharp(SUNRISE).autoOrient();
    const problems = async (stored: Buffer): Promise<string[]> => {
      const { endpoint } = await account({ GetObject: () => stored });
      return variantProblems(SUNRISE, { compressed: "a", webp: "b", thumbnail: "c" }, roundAt(endpoint));
    };
    const { width, height } = await upright
      .clone()
      .toBuffer({ resolveWithObject: true })
      .then(({ info }) => info);

    expect(await problems(await upright.clone().jpeg().toBuffer())).toEqual([
      "webp is jpeg, stored as image/jpeg",
      `thumbnail is ${width} × ${height} px instead of 300 × 225`,
    ]);
    expect((await problems(other))[0]).toBe(`compressed is 1536 × 2048 px instead of ${width} × ${height}`);
    expect((await problems(await sharp(other).resize(width, height, { fit: "fill" }).jpeg().toBuffer()))[0]).toBe(
      "compressed shows another picture",
    );
    expect((await problems(Buffer.from("no picture")))[0]).toBe("compressed is not an image, stored as image/jpeg");
  });
});

describe("npm run alarms", () => {
  const NAME = "image-processor-dev-processor-throttles";
  const ARN = "arn:aws:sns:us-east-1:123456789012:image-processor-dev-critical-alerts";
  const alarm = (changed: object = {}) => ({
    MetricAlarms: [{ AlarmName: NAME, StateValue: "OK", StateReason: "", AlarmActions: [ARN], ...changed }],
  });
  const addressAt = (endpoint: string) => ({
    client: clientsFor("us-east-1", endpoint).cloudwatch,
    environment: dev(),
    name: NAME,
  });

  it("reset notices that the state has not changed", async () => {
    const { endpoint } = await account({
      DescribeAlarms: () => alarm({ StateValue: "ALARM" }),
      SetAlarmState: () => ({}),
    });

    await expect(resetAlarm(addressAt(endpoint))).rejects.toThrow(
      `Expected OK for ${NAME} after SetAlarmState but got ALARM`,
    );
  });

  it("reset does not take another alarm for its own", async () => {
    const { endpoint, calls } = await account({ DescribeAlarms: () => alarm({ AlarmName: `${NAME}-2` }) });

    await expect(resetAlarm(addressAt(endpoint))).rejects.toThrow(`there is no alarm ${NAME}.`);
    expect(calls.map(({ operation }) => operation)).toEqual(["DescribeAlarms"]);
  });

  it("test counts only actions of its own alarm and its own topics", async () => {
    const action = (AlarmName: string, arn: string) => ({
      AlarmName,
      HistoryItemType: "Action",
      Timestamp: 2_000_000,
      HistorySummary: `Successfully executed action ${arn}`,
    });
    let reads = 0;
    const { endpoint } = await account({
      DescribeAlarms: () => alarm(),
      SetAlarmState: () => ({}),
      DescribeAlarmHistory: () => ({
        AlarmHistoryItems: reads++ === 0 ? [] : [action(`${NAME}-2`, ARN), action(NAME, "arn:aws:sns:x:y:other")],
      }),
    });

    const result = await testAlarm(addressAt(endpoint), {
      limitMs: 20,
      intervalMs: 5,
      signal: new AbortController().signal,
    });

    expect([result.actions, result.expected]).toEqual([[], 1]);
  });
});
