/**
 * Filter patterns for JSON lines, sentence by sentence of
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
import { parseFilterPattern } from "../../scripts/cloudwatch/filter-pattern";
import { isMatch, matching, valuesIn } from "./patterns";

describe("JSON (#matching-terms-json-log-events)", () => {
  const TRAIL = JSON.stringify({
    eventType: "UpdateTrail",
    sourceIPAddress: "111.111.111.111",
    arrayKey: ["value", "another value"],
    objectList: [
      { name: "a", id: 1 },
      { name: "b", id: 2 },
    ],
    SomeObject: null,
    ThisFlag: true,
    "cluster.name": "c",
  });

  it.each([
    '{ $.eventType = "UpdateTrail" }',
    "{ $.eventType = UpdateTrail }",
    "{ $.sourceIPAddress != 123.123.* }",
    '{ $.arrayKey[0] = "value" }',
    "{ $.objectList[1].id = 2 }",
    "{ $.eventType = %Trail% }",
    "{ $.arrayKey[*] = %val.{2}% }",
    "{ $.* = %111\\.111\\.111\\.1[0-9]{1,2}% }",
    "{ $.['cluster.name'] = \"c\" }",
    "{ $.SomeObject IS NULL }",
    "{ $.ThisFlag IS TRUE }",
    "{ $.SomeOtherObject NOT EXISTS }",
  ])("%s matches the page's example", (pattern) => {
    expect(isMatch(pattern, TRAIL)).toBe(true);
  });

  it.each([
    ["another text", '{ $.eventType = "Update" }'],
    ["another case", '{ $.eventType = "updateTrail" }'],
    ["a prefix that is there", "{ $.sourceIPAddress != 111.111.* }"],
    ["an index past the end", '{ $.arrayKey[2] = "value" }'],
    ["the element of another index", '{ $.arrayKey[0] = "another value" }'],
    ["an index of no array", '{ $.eventType[0] = "U" }'],
    ["a letter of a string", '{ $.eventType.0 = "U" }'],
    ["an array", '{ $.arrayKey = "value" }'],
    ["an array, unequal", "{ $.arrayKey != 1 }"],
    ["an object, unequal", "{ $.objectList[0] != 1 }"],
    ["a missing field, unequal", "{ $.nothing != 1 }"],
    ["null, unequal", "{ $.SomeObject != 1 }"],
    ["FALSE for true", "{ $.ThisFlag IS FALSE }"],
    ["a word for true", "{ $.ThisFlag = true }"],
    ["NOT EXISTS for null", "{ $.SomeObject NOT EXISTS }"],
    ["a wildcard for fields in an array", '{ $.arrayKey.* = "value" }'],
    ["a wildcard for elements in an object", "{ $.objectList[0][*] = 1 }"],
    ["a name that only objects inherit", '{ $.constructor.name = "Object" }'],
  ])("does not match %s: %s", (_, pattern) => {
    expect(isMatch(pattern, TRAIL)).toBe(false);
  });

  const numbers = (value: unknown) => JSON.stringify({ n: value });

  it.each([
    ["{ $.n > 75 }", [76, 75.1], [75, "76"]],
    ["{ $.n < 50 }", [49, -1], [50, "49"]],
    ["{ $.n >= 60 }", [60, 61], [59.9, null]],
    ["{ $.n <= 5 }", [5, 0], [5.1, true]],
    ["{ $.n = 400}", [400, "400"], [401, "400.0"]],
    ["{ $.n != 500 }", [499, "x"], [500, "500", null]],
    ["{ $.n = 1e+3 }", [1000, "1e+3"], [1001]],
    ["{ $.n != 1e-3 }", [0.01], [0.001]],
    ["{ $.n > +1000 }", [1001], [1000]],
    ["{ $.n = -5 }", [-5], [5]],
    ["{ $.n = * }", [50, "text"], [null, true, [1]]],
    ['{ $.n = "*" }', [50, "text", ""], [null, true, [1]]],
    ['{ $.n = "40*" }', [404, "404"], [504]],
    ['{ $.n != "*" }', [], [50, "text", null]],
    ["{ $.n = kms.amazonaws.com }", ["kms.amazonaws.com"], ["kmsxamazonaws.com"]],
    ["{ $.n = eu-west-1 }", ["eu-west-1"], ["eu-west"]],
    ["{ $.n = 2026-01-05T12:00:* }", ["2026-01-05T12:00:59Z"], ["2026-01-05T13:00:00Z"]],
    ["{ $.n = /health* }", ["/health/live"], ["/api"]],
    ["{ $.n = 4* }", [404, "4"], [504]],
  ])("%s compares numbers", (pattern, yes, no) => {
    expect(matching(pattern, [...yes, ...no].map(numbers))).toEqual(yes.map(numbers));
  });

  it.each([
    ['{ $.n = "*Event" }', ["PutEvent", "Event"], ["EventId"]],
    ['{ $.n = "Event*" }', ["EventId", "Event"], ["PutEvent"]],
    ['{ $.n = "*Event*" }', ["PutEventId"], ["Put"]],
    ['{ $.n = "Ev*ent" }', ["Ev*ent"], ["Event", "Evxent"]],
    ['{ $.n = "400" }', ["400"], [400]],
    ['{ $.n = "say \\"x\\"" }', ['say "x"'], ["say x"]],
  ])("%s compares strings, with wildcards at their ends (earlier edition of the page)", (pattern, yes, no) => {
    expect(matching(pattern, [...yes, ...no].map(numbers))).toEqual(yes.map(numbers));
  });

  const USERS = JSON.stringify({
    user: { id: 1, email: "John.Stiles@example.com" },
    users: [
      { id: 2, email: "John.Doe@example.com" },
      { id: 3, email: "Jane.Doe@example.com" },
    ],
    actions: ["GET", "PUT", "DELETE"],
    coordinates: [
      [0, 1, 2],
      [4, 5, 6],
      [7, 8, 9],
    ],
  });

  it.each([
    [true, '{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }'],
    [
      true,
      '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch" && $.actions[2] = "nonmatch" }',
    ],
    [
      false,
      '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch") && $.actions[2] = "nonmatch" }',
    ],
    [false, '{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }'],
    [true, "{ $.coordinates[1][2] = 6 }"],
  ])("gives %s for the compound expression %s", (expected, pattern) => {
    expect(isMatch(pattern, USERS)).toBe(expected);
  });

  it.each(["ERROR { $.a }", "[1]", '"text"', "null", "", '{"a":1', '2026-01-01 {"a":1}'])(
    "does not match the line %j, which is no JSON object",
    (line) => {
      expect(isMatch("{ $.b NOT EXISTS }", line)).toBe(false);
    },
  );

  it("gives the strings and numbers that its selectors find", () => {
    const line = '{"latency":50,"type":"GET","deep":{"list":[7,8]},"flag":true}';
    const pattern = "{ $.latency = * && $.deep.list[1] > 1 && ($.gone = 1 || $.flag IS TRUE) }";
    expect(valuesIn(pattern, line)).toEqual({ "$.latency": 50, "$.deep.list[1]": 8 });
  });

  it.each([
    ["{ }", "Expected a selector such as $.field at column 3 of pattern { }"],
    ["{ $.a }", "Expected =, !=, <, <=, >, >=, IS or NOT EXISTS at column 7 of pattern { $.a }"],
    ["{ $.a EXISTS }", "Expected =, !=, <, <=, >, >=, IS or NOT EXISTS at column 7 of pattern { $.a EXISTS }"],
    ["{ $.a IS NOT NULL }", "Expected TRUE, FALSE or NULL at column 10 of pattern { $.a IS NOT NULL }"],
    ["{ $.a == 1 }", "Expected a number, %regex%, plain word or text in double quotation marks at column 8"],
    ["{ $.a = foo@bar }", "Expected a number, %regex%, plain word or text in double quotation marks at column 9"],
    ["{ status = 401 }", "Expected a selector such as $.field at column 3 of pattern { status = 401 }"],
    ['{ $.a > "5" }', "Expected a number at column 9 of pattern"],
    ["{ $.a > 4* }", "Expected a number at column 9 of pattern { $.a > 4* }"],
    ["{ $a = 1 }", "Expected a selector such as $.field at column 3 of pattern { $a = 1 }"],
    ["{ ($.a = 1 }", "Expected &&, || or ) at column 12 of pattern { ($.a = 1 }"],
    ["{ $.a = 1", "Expected &&, || or } at column 10 of pattern { $.a = 1"],
    ["{ $.a = 1 } x", "Expected nothing more at column 13 of pattern { $.a = 1 } x"],
    ["{ $.a = 1 &\n&& $.b = 2 }", "Expected &&, || or } at column 11 of pattern { $.a = 1 & && $.b = 2 }"],
    ["{ $.*.* = 1 }", "Expected at most one wildcard in a selector at column 3 of pattern { $.*.* = 1 }"],
    [
      "{ $.a[*] = 1 || $.b[*] = 1 || $.c[*] = 1 || $.d[*] = 1 }",
      "Expected at most three selectors with a wildcard at column 1 of pattern",
    ],
  ])("refuses %s", (pattern, message) => {
    expect(() => parseFilterPattern(pattern)).toThrow(message);
  });
});
