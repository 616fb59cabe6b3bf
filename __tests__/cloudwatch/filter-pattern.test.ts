/**
 * Filter patterns, sentence by sentence of
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
import { matches, parseFilterPattern } from "../../scripts/cloudwatch/filter-pattern";

const matching = (pattern: string, lines: readonly string[]) => {
  const parsed = parseFilterPattern(pattern);
  return lines.filter((line) => matches(parsed, line) !== undefined);
};

const isMatch = (pattern: string, line: string) => matching(pattern, [line]).length === 1;

const valuesIn = (pattern: string, line: string) =>
  Object.fromEntries(matches(parseFilterPattern(pattern), line)?.values ?? []);

const BAD_REQUEST = "[ERROR 400] BAD REQUEST";
const UNAUTHORIZED = "[ERROR 401] UNAUTHORIZED REQUEST";
const MISSING = "[ERROR 419] MISSING ARGUMENTS";
const INVALID = "[ERROR 420] INVALID ARGUMENTS";
const INTERNAL = "[ERROR 500] INTERNAL SERVER ERROR";
const FAILED = "[INFO] REQUEST FAILED";
const LINES = [BAD_REQUEST, UNAUTHORIZED, MISSING, INVALID, INTERNAL, FAILED];

describe("terms (#matching-terms-unstructured-log-events)", () => {
  it.each([
    ["ERROR", [BAD_REQUEST, UNAUTHORIZED, MISSING, INVALID, INTERNAL]],
    ["error", []],
    ["ERROR ARGUMENTS", [MISSING, INVALID]],
    ["?FAILED ?ARGUMENTS", [MISSING, INVALID, FAILED]],
    ['"INTERNAL SERVER ERROR"', [INTERNAL]],
    ['"SERVER INTERNAL"', []],
    ["ERROR -ARGUMENTS", [BAD_REQUEST, UNAUTHORIZED, INTERNAL]],
    ['ERROR -"SERVER ERROR" -ARGUMENTS', [BAD_REQUEST, UNAUTHORIZED]],
    ['" "', LINES],
  ])("%s matches exactly its lines", (pattern, expected) => {
    expect(matching(pattern, LINES)).toEqual(expected);
  });

  it("ignores optional terms beside required ones", () => {
    expect(matching("?ERROR ?ARGUMENTS REQUEST", LINES)).toEqual([BAD_REQUEST, UNAUTHORIZED, FAILED]);
  });

  it("ignores optional terms beside excluded ones", () => {
    expect(matching("?FAILED -ERROR", ["nothing of either", FAILED, INTERNAL])).toEqual(["nothing of either", FAILED]);
  });

  // https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetContainerLog.html
  it.each(["", '""'])("the pattern %j matches every line", (pattern) => {
    expect(matching(pattern, LINES)).toEqual(LINES);
  });

  it("an exclusion alone matches every other line (API_GetContainerLog of Lightsail)", () => {
    expect(matching("-ERROR", LINES)).toEqual([FAILED]);
  });

  it.each(["ERROR -Exiting", 'ERROR - "Exiting"', "ERROR -  Exiting"])(
    "%s excludes a term, with or without a blank after the minus (page of 2020)",
    (pattern) => {
      expect(matching(pattern, ["ERROR in main", "Exiting with ERRORCODE: -1"])).toEqual(["ERROR in main"]);
    },
  );

  it("matches a term inside a longer word", () => {
    expect(isMatch("ERROR", "Exiting with ERRORCODE: -1")).toBe(true);
  });
});

describe("regular expressions (#regex-expressions)", () => {
  it.each([
    ["%AUTHORIZED%", "[SUCCESS 200] AUTHORIZED REQUEST", "[ERROR 400] BAD REQUEST"],
    ["%^[hc]at%", "hat", "a hat"],
    ["%[hc]at$%", "a cat", "cat food"],
    ["%colou?r%", "color", "colr"],
    ["%[abcx-z]%", "y", "d"],
    ["%^a{3,5}$%", "aaaa", "aa"],
    ["%^a{,2}$%", "aa", "aaa"],
    ["%^a{2,}$%", "aaaa", "a"],
    ["%^starting|^initializing|^shutting down%", "shutting down now", "skipping initializing"],
    ["%abcc|ab[^c]$%", "aba", "aac"],
    ["%\\[.\\]%", "[7]", "[77]"],
    ["%10\\.10\\.0\\.1%", "10.10.0.1", "10010,051"],
    ["%ab*c%", "ac", "ab"],
    ["%ab+c%", "abbc", "ac"],
    ["%^.at%", " at", "at"],
    ["%^\\d\\D$%", "1a", "a1"],
    ["%^\\s\\S$%", "\tx", "x "],
    ["%^\\w\\W$%", "_-", "--"],
    ["%\\x28%", "(", ")"],
  ])("%s matches %j and not %j", (pattern, yes, no) => {
    expect(matching(pattern, [yes, no])).toEqual([yes]);
  });

  it.each([
    ["%something!%", "Expected a supported character of a regular expression at column 11 of pattern %something!%"],
    ["%(a)%", "Expected a supported character of a regular expression at column 2 of pattern %(a)%"],
    ["%a\\bc%", "Expected a supported character of a regular expression at column 3 of pattern %a\\bc%"],
    ["%é%", "Expected a supported character of a regular expression at column 2 of pattern %é%"],
    ["%[a%", "Expected a valid regular expression at column 2 of pattern %[a%"],
    ["%abc", "Expected a regular expression between two % at column 1 of pattern %abc"],
    ["%a% b", "Expected nothing more at column 5 of pattern %a% b"],
    ["[a = %x%, b = %y%, c = %z%]", "Expected at most 2 regular expressions at column 1 of pattern"],
    ["{ $.a = %x% || $.b = %y% || $.c = %z% }", "Expected at most 2 regular expressions at column 1 of pattern"],
  ])("refuses %s", (pattern, message) => {
    expect(() => parseFilterPattern(pattern)).toThrow(message);
  });
});

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

describe("space-delimited (#matching-term-space-delimited-log-events)", () => {
  const APACHE = '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534';

  it.each([
    "[ip=%127\\.0\\.0\\.[1-9]%, user, username, timestamp, request =*.html*, status_code = 4*, bytes]",
    "[..., request =*.html*, status_code = 4*, bytes]",
    "[ip, user, username, timestamp, request =*.html*, status_code = 404 || status_code = 410, bytes]",
    "[ip, user, ..., status_code, bytes]",
    "[ip, user, ...]",
    "[ip, server, username, timestamp, request, status_code, bytes > 1000]",
    "[ip, user, username, timestamp, request, status_code = 4* && status_code != 403, bytes]",
    "[..., bytes >= 1.534e3 && bytes <= 1534 && bytes < 1535]",
    '[..., status_code = "404", bytes = "15*"]',
  ])("%s matches the page's example", (pattern) => {
    expect(isMatch(pattern, APACHE)).toBe(true);
  });

  it.each([
    ["a column too many", "[ip, user, username, timestamp, request, status_code, bytes, more]"],
    ["more columns than there are round an ellipsis", "[a, b, c, d, ..., e, f, g, h]"],
    ["another status", "[..., status_code = 4* && status_code = 5*, bytes]"],
    ["a number that is too small", "[..., bytes > 1534]"],
    ["a word as a number", "[ip > 0, ...]"],
  ])("does not match %s: %s", (_, pattern) => {
    expect(isMatch(pattern, APACHE)).toBe(false);
  });

  const WORDS = ["ERROR WARN message", "ERROR message", "WARN message"];

  it.each([
    ["[w1=ERROR]", []],
    ["[w1=ERROR, w2]", ["ERROR WARN message", "ERROR message"]],
    ["[w1=ERROR, w2=WARN, w3]", ["ERROR WARN message"]],
    ["[w1=ERROR || W1=WARN, w2]", WORDS],
    ["[w1!=ERROR && w1!=WARN, w2]", []],
    ["[w1, w2 = message || w1 = WARN]", ["ERROR message", "WARN message"]],
    ["[w1 = ERROR && w2 = message*, w2]", ["ERROR message"]],
    ["[w = ERROR, w = WARN, rest]", ["ERROR WARN message"]],
    ["[]", WORDS],
    ["[...]", WORDS],
    ["[w1=ERROR, ...]", ["ERROR WARN message", "ERROR message"]],
  ])("%s matches exactly its lines (earlier edition of the page)", (pattern, expected) => {
    expect(matching(pattern, WORDS)).toEqual(expected);
  });

  it.each([
    ["url=%/service/resource/[0-9]+$%", "INFO 09/25/2014 12:00:00 GET /service/resource/67 1200"],
    ["url=%/service/resource/[0-9]+/part/[0-9]+$%", "INFO 09/25/2014 12:00:01 POST /service/resource/67/part/111 1310"],
  ])("%s matches the item of its level", (url, line) => {
    expect(isMatch(`[logLevel, date, time, method, ${url}, response_time]`, line)).toBe(true);
  });

  it("gives every column under its name, without brackets and quotation marks", () => {
    const pattern = "[ip, user, username, timestamp, request =*.html*, status_code = 4*, bytes]";
    expect(valuesIn(pattern, APACHE)).toEqual({
      $bytes: "1534",
      $status_code: "404",
      $request: "GET /index.html HTTP/1.0",
      $timestamp: "10/Oct/2000:13:25:15 -0700",
      $username: "frank",
      $user: "Prod",
      $ip: "127.0.0.1",
    });
  });

  it("gives columns without a name under their position (earlier edition of the page)", () => {
    expect(valuesIn("[..., request=*.html*, status_code=4*,]", APACHE)).toEqual({
      $status_code: "404",
      $request: "GET /index.html HTTP/1.0",
      $7: "1534",
      $4: "10/Oct/2000:13:25:15 -0700",
      $3: "frank",
      $2: "Prod",
      $1: "127.0.0.1",
    });
  });

  it("lets the last field take the rest of the line", () => {
    expect(valuesIn("[ip, user, username, timestamp, request]", APACHE)).toEqual({
      $ip: "127.0.0.1",
      $user: "Prod",
      $username: "frank",
      $timestamp: "10/Oct/2000:13:25:15 -0700",
      $request: '"GET /index.html HTTP/1.0" 404 1534',
    });
  });

  it("takes tabs for blanks, and an unclosed bracket for a character", () => {
    expect(valuesIn("[level, time, rest]", "[INFO]\t[12:00\tx")).toEqual({
      $level: "INFO",
      $time: "[12:00",
      $rest: "x",
    });
  });

  it.each([
    ["[a, b", "Expected a comma, ], =, !=, <, <=, > or >= at column 6 of pattern [a, b"],
    ["[a b]", "Expected a comma, ], =, !=, <, <=, > or >= at column 4 of pattern [a b]"],
    ["[a = 1 || b = 2]", "Expected the name of a field of the pattern at column 11 of pattern [a = 1 || b = 2]"],
    ["[a = 1 || 2]", "Expected a field name at column 11 of pattern [a = 1 || 2]"],
    ["[a > x]", "Expected a number at column 6 of pattern [a > x]"],
    ["[..., a, ...]", "Expected at most one ellipsis at column 10 of pattern [..., a, ...]"],
    ["[(a = 1)]", "Expected a field name, a comma or ] at column 2 of pattern [(a = 1)]"],
    ["[a] b", "Expected nothing more at column 5 of pattern [a] b"],
  ])("refuses %s", (pattern, message) => {
    expect(() => parseFilterPattern(pattern)).toThrow(message);
  });
});

describe("limits", () => {
  it.each(["{ $.a = %x% && $.b = %y% }", "[a = %x% || a = %y%]", "{ $.a[*] = 1 || $.b[*] = 1 || $.* = 1 }"])(
    "allows %s",
    (pattern) => {
      expect(() => parseFilterPattern(pattern)).not.toThrow();
    },
  );

  it.each([
    ["ERROR:", "Expected a word of letters, digits and _, or text in double quotation marks at column 1"],
    ["ERROR foo-bar", "Expected a word of letters, digits and _, or text in double quotation marks at column 7"],
    ['"unclosed', "Expected a word of letters, digits and _, or text in double quotation marks at column 1"],
    ["? ERROR", "Expected a word of letters, digits and _, or text in double quotation marks at column 1"],
  ])("refuses the term %s", (pattern, message) => {
    expect(() => parseFilterPattern(pattern)).toThrow(message);
  });

  // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
  it("refuses a pattern of more than 1024 characters", () => {
    expect(() => parseFilterPattern("a".repeat(1024))).not.toThrow();
    expect(() => parseFilterPattern("a".repeat(1025))).toThrow("Expected at most 1024 characters at column 1025");
  });
});
