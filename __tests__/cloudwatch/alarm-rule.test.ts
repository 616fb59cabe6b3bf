/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html */
import fc from "fast-check";
import { alarmName, alarmsOf, healthAlarmsOf, parseAlarmRule, ruleHolds } from "../../scripts/cloudwatch/alarm-rule";
import type { AlarmState } from "../../scripts/cloudwatch/missing-data";

const STATES: Readonly<Record<string, AlarmState>> = {
  a: "ALARM",
  b: "ALARM",
  ok: "OK",
  new: "INSUFFICIENT_DATA",
  "two words (x), y": "ALARM",
  'say "hi"': "ALARM",
};

const holds = (rule: string) => ruleHolds(parseAlarmRule(rule), (name) => STATES[name] ?? "OK");

it.each([
  ["ALARM(a)", true],
  ["ALARM(ok)", false],
  ["OK(ok)", true],
  ["OK(new)", false],
  ["INSUFFICIENT_DATA(new)", true],
  ["INSUFFICIENT_DATA(ok)", false],
  ["TRUE", true],
  ["FALSE", false],
  ['ALARM("a")', true],
  ['ALARM("two words (x), y")', true],
  ['ALARM("say \\"hi\\"")', true],
  ["ALARM(arn:aws:cloudwatch:us-east-1:123456789012:alarm:a)", true],
  ['ALARM ( "arn:aws-cn:cloudwatch:cn-north-1:123456789012:alarm:two words (x), y" )', true],
  ["NOT ALARM(a)", false],
  ["NOT NOT ALARM(a)", true],
  ["NOT (ALARM(a) AND ALARM(ok))", true],
  ["ALARM(a) AND ALARM(b)", true],
  ["ALARM(a) AND ALARM(ok)", false],
  ["ALARM(ok) OR ALARM(a)", true],
  ["ALARM(ok) OR ALARM(new)", false],
  ["ALARM(a) OR ALARM(b) AND ALARM(ok)", true],
  ["(ALARM(a) OR ALARM(b)) AND ALARM(ok)", false],
  ["NOT ALARM(ok) AND ALARM(ok)", false],
  ["NOT ALARM(a) OR ALARM(a)", true],
  ["ALARM(a)\n  AND NOT ALARM(ok)\n", true],
  ["AT_LEAST(2, ALARM, (a, b, ok))", true],
  ["AT_LEAST(3, ALARM, (a, b, ok))", false],
  ["AT_LEAST(1, OK, (a, b, ok))", true],
  ["AT_LEAST(2, NOT ALARM, (a, ok, new))", true],
  ["AT_LEAST(2, NOT OK, (a, ok, new))", true],
  ["AT_LEAST(3, NOT OK, (a, ok, new))", false],
  ["AT_LEAST(50%, ALARM, (a, b, ok, new))", true],
  ["AT_LEAST(51%, ALARM, (a, b, ok, new))", false],
  ["AT_LEAST(67%, ALARM, (a, b, ok))", false],
  ["AT_LEAST(66%, ALARM, (a, b, ok))", true],
  ['AT_LEAST(1, ALARM, ("two words (x), y")) AND ALARM(a)', true],
])("%s is %s", (rule, expected) => {
  expect(holds(rule)).toBe(expected);
});

it.each([
  ["", "Expected ALARM, OK, INSUFFICIENT_DATA, AT_LEAST, NOT, TRUE, FALSE or ( at column 1 of rule "],
  ["alarm(a)", "Expected ALARM, OK, INSUFFICIENT_DATA, AT_LEAST, NOT, TRUE, FALSE or ( at column 1 of rule alarm(a)"],
  ["ALARM a", "Expected ( at column 7 of rule ALARM a"],
  ["ALARM()", "Expected the name or ARN of an alarm at column 7 of rule ALARM()"],
  ["ALARM(a b)", "Expected ) at column 9 of rule ALARM(a b)"],
  ["ALARM(a) ALARM(b)", "Expected AND, OR or the end at column 10 of rule ALARM(a) ALARM(b)"],
  ["(ALARM(a)", "Expected AND, OR or ) at column 10 of rule (ALARM(a)"],
  ["ALARM(a) AND", "Expected ALARM, OK, INSUFFICIENT_DATA, AT_LEAST, NOT, TRUE, FALSE or ( at column 13"],
  ["AT_LEAST(x, ALARM, (a))", "Expected a number or percentage of alarms at column 10"],
  ["AT_LEAST(1 ALARM, (a))", "Expected a comma at column 12"],
  ["AT_LEAST(1, RED, (a))", "Expected ALARM, OK or INSUFFICIENT_DATA at column 13"],
  ["AT_LEAST(1, ALARM (a))", "Expected a comma at column 19"],
  ["AT_LEAST(1, ALARM, a)", "Expected ( at column 20"],
  ["TRUE ".repeat(2049), "Expected at most 10240 characters at column 10241"],
  [
    Array.from({ length: 101 }, (_, index) => `ALARM(a${index})`).join(" OR "),
    "Expected at most 100 alarms at column 1",
  ],
])("refuses %s", (rule, message) => {
  expect(() => parseAlarmRule(rule)).toThrow(message);
});

it.each([
  ["10240 characters", "TRUE".padEnd(10_240)],
  ["100 alarms", Array.from({ length: 100 }, (_, index) => `ALARM(a${index})`).join(" OR ")],
])("may have %s", (_what, rule) => {
  expect(() => parseAlarmRule(rule)).not.toThrow();
});

it("names each of its alarms once, by name for an ARN", () => {
  const rule = "ALARM(a) OR NOT OK(b) AND AT_LEAST(1, ALARM, (a, arn:aws:cloudwatch:eu-west-1:1:alarm:c)) OR TRUE";
  expect(alarmsOf(parseAlarmRule(rule))).toEqual(["a", "b", "c"]);
  expect(alarmName("arn:aws:sns:eu-west-1:1:topic")).toBe("arn:aws:sns:eu-west-1:1:topic");
});

it.each([
  ["ALARM(a) AND NOT ALARM(b)", ["b"]],
  ["ALARM(a) AND NOT OK(b) AND NOT (ALARM(c) OR ALARM(d))", ["c", "d"]],
  ["OK(a) OR NOT NOT ALARM(b)", ["a"]],
  ["ALARM(a) OR (ALARM(b) AND NOT ALARM(a))", []],
  ["AT_LEAST(1, NOT ALARM, (a, b)) AND AT_LEAST(1, ALARM, (c))", ["a", "b"]],
  ["NOT AT_LEAST(1, ALARM, (a)) AND TRUE", ["a"]],
])("names the alarms whose ALARM says that all is well: %s", (text, names) => {
  expect(healthAlarmsOf(parseAlarmRule(text))).toEqual(names);
});

it("is refused with a column, for any text", () => {
  const pieces = 'ALARM( OK( a ) ( AND OR NOT TRUE AT_LEAST( 1, 50% , ALARM " %'.split(" ");
  const text = fc.array(fc.constantFrom(...pieces, " "), { maxLength: 10 }).map((all) => all.join(" "));
  fc.assert(
    fc.property(text, (any) => {
      try {
        expect(typeof holds(any)).toBe("boolean");
      } catch (error) {
        expect(error instanceof Error && error.message).toMatch(/^Expected .+ at column \d+ of rule /s);
      }
    }),
  );
});
