/**
 * Filter patterns of terms and regular expressions, and the limits of all, sentence by sentence of
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
import { parseFilterPattern } from "../../scripts/cloudwatch/filter-pattern";
import { isMatch, matching } from "./patterns";

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
