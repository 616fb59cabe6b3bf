/**
 * Mutation testing, by hand: CONTRIBUTING.md has the command, the scores and the reasons of surviving mutants.
 * PART selects what is mutated, and the tests that have to notice. To add one, add a row.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What is mutated, and the folders of the tests. */
const PARTS = {
  cloudwatch: { mutate: ["scripts/cloudwatch/**/*.ts"], tests: ["cloudwatch"] },
  modules: { mutate: ["modules/**/*.ts"], tests: ["modules"] },
  handler: { mutate: ["handler/src/**/*.ts"], tests: ["handler"] },
};

const { PART = "cloudwatch", FILES } = process.env;
const part = PARTS[PART];
if (part === undefined) throw new Error(`Expected one of ${Object.keys(PARTS).join(", ")} for PART but got "${PART}"`);

const root = dirname(fileURLToPath(import.meta.url));
const absolute = (path) => path.replace("<rootDir>", root);
const { globalSetup, globalTeardown, ...jest } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).jest;

export default {
  plugins: ["@stryker-mutator/jest-runner"],
  testRunner: "jest",
  coverageAnalysis: "perTest",
  // A table is evaluated once, when it is imported, so each of its mutants would need all tests.
  ignoreStatic: true,
  mutate: FILES?.split(",") ?? part.mutate,
  concurrency: 2,
  // On a busy machine a mutant must not count as noticed because it was slow.
  timeoutMS: 60_000,
  dryRunTimeoutMinutes: 60,
  reporters: ["clear-text", "json"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: `.cache/stryker/${PART}.json` },
  tempDirName: ".cache/stryker/tmp",
  // No tsconfig.json to rewrite: swc reads none, and TypeScript 7 has no API for it.
  tsconfigFile: "none",
  ignorePatterns: ["/.cache", "/cdktf.out", "/dist", "/docs/images"],
  testRunnerNodeArgs: ["--require", join(root, "scripts/typescript.cjs")],
  jest: {
    // Each part names its tests; searching them anew for each mutant takes longer than running them.
    enableFindRelatedTests: false,
    config: {
      ...jest,
      runtime: absolute(jest.runtime),
      testEnvironment: absolute(jest.testEnvironment),
      testMatch: [...part.tests.map((folder) => `**/__tests__/${folder}/**/*.test.ts`), "!**/*.long.test.ts"],
    },
  },
};
