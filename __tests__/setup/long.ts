/** Whether tests try more cases than `npm test` has time for: `.ci/run` sets LONG_TESTS for the files that import this. */
export const isLong = process.env.LONG_TESTS === "1";
