/** Every alarm there can be, for whoever is on call: which must be looked at by night, and where its runbook is. */
import { allAlarms, logAlarms, metricAlarms } from "../../modules/alarms";
import type { Severity } from "../../modules/naming";
import type { Environment } from "../../modules/variables";
import { code, table } from "../terminal/markdown";

/** When somebody has to look at what a topic tells. */
const ANSWERED: Readonly<Record<Severity, string>> = {
  critical: "at once, by night too",
  performance: "the next morning",
  log: "with the critical alarm beside it; else the next morning",
};

const SEVERITIES = Object.keys(ANSWERED) as Severity[];

/** @returns a row for each alarm, the most urgent first */
export const onCallTable = (environments: readonly Environment[]): string => {
  const havingIt = (alarm: string): string =>
    environments
      .filter((each) => [...metricAlarms(each), ...logAlarms(each)].some(({ name }) => name === alarm))
      .map(({ environment }) => environment)
      .join(", ");
  return table(
    ["alarm", "says", "topic", "answer it", "in"],
    SEVERITIES.flatMap((wanted) =>
      allAlarms()
        .filter(({ severity }) => severity === wanted)
        .map(({ name, summary }) => [
          `[${code(name)}](runbooks/${name}.md)`,
          summary,
          code(`${wanted}-alerts`),
          ANSWERED[wanted],
          havingIt(name),
        ]),
    ),
  );
};
