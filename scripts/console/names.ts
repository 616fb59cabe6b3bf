/** Names of alarms and topics without what all of them share. */
import type { Blueprint } from "../sandbox/blueprint";

const withoutStart = (name: string, start: string): string =>
  name.startsWith(start) && name.length > start.length ? name.slice(start.length) : name;

export const shortNames = ({ function: { name: functionName } }: Blueprint) => {
  // The function is called <project>-<environment>-processor, and a topic <project>-<environment>-critical-alerts.
  const stack = functionName.slice(0, functionName.lastIndexOf("-") + 1);
  return {
    short: (alarm: string): string => withoutStart(alarm, `${functionName}-`),
    topicName: (arn: string): string => withoutStart(arn.slice(arn.lastIndexOf(":") + 1), stack),
  };
};
