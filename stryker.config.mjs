/**
 * Mutation testing, by hand: CONTRIBUTING.md has the command, the scores and the reasons of surviving mutants.
 * PART selects what is mutated, and the tests that have to notice. To add one, add a row.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A mutant that hangs is killed; a ledger is evaluated once when it is imported, so its mutants would need all tests. */
const PARTS = {
  cloudwatch: { mutate: ["scripts/cloudwatch/**/*.ts"], tests: ["cloudwatch"] },
  modules: { mutate: ["modules/**/*.ts"], tests: ["modules"] },
  handler: { mutate: ["handler/src/**/*.ts"], tests: ["handler"] },
};

const { PART = "cloudwatch", FILES } = process.env;
const part = PARTS[PART];
if (part === undefined) throw new Error(`Expected one of ${Object.keys(PARTS).join(", ")} for PART but got "${PART}"`);

const root = import.meta.dirname;
const absolute = (path) => path.replace("<rootDir>", root);
const { globalSetup, globalTeardown, ...jest } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).jest;

export default {
  plugins: ["@stryker-mutator/jest-runner"],
  testRunner: "jest",
  coverageAnalysis: "perTest",
  ignoreStatic: true,
  mutate: FILES?.split(",") ?? part.mutate,
  concurrency: 2,
  reporters: ["clear-text", "json"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: `.cache/stryker/${PART}.json` },
  tempDirName: ".cache/stryker/tmp",
  // No tsconfig.json to rewrite: swc reads none, and TypeScript 7 has no API for it.
  tsconfigFile: "none",
  allowEmpty: true,
  ignorePatterns: ["/.cache", "/cdktf.out", "/dist", "/docs/images"],
  testRunnerNodeArgs: ["--require", join(root, "scripts/typescript.cjs")],
  jest: {
    // Each part names its tests; searching them anew for each mutant takes longer than running them.
    enableFindRelatedTests: false,
    config: {
      ...jest,
      runtime: absolute(jest.runtime),
      testEnvironment: absolute(jest.testEnvironment),
      testMatch: part.tests.map((folder) => `**/__tests__/${folder}/**/*.test.ts`),
    },
  },
};
