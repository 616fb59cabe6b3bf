/** What a runbook says: what to do when an alarm fires, in a given environment. */
import type { RunbookName } from "./alarm-rows";
import type { RunbookFacts } from "./runbook-facts";

interface Runbook {
  /** What senders of images notice. */
  readonly impact: string;
  /** The most likely cause first. */
  readonly causes: readonly string[];
  /** Steps, in the order to try them. */
  readonly fix: readonly string[];
  /** Steps when the cause is gone. @default nothing is left to do */
  readonly afterwards?: readonly string[];
}

/** Writes a runbook with the names, limits and commands of an environment. */
type WriteRunbook = (facts: RunbookFacts) => Runbook;

/** Some of the runbooks, by the alarm's name. */
export type Runbooks = Readonly<Partial<Record<RunbookName, WriteRunbook>>>;
