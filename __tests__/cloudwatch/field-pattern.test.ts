/**
 * Filter patterns for space-delimited lines, sentence by sentence of
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
import { parseFilterPattern } from "../../scripts/cloudwatch/filter-pattern";
import { isMatch, matching, valuesIn } from "./patterns";

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
