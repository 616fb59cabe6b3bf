/** Checks of composite alarms: for which states of other alarms each is in ALARM, and what keeps it from notifying. */
import { type AlarmRule, alarmName, parseAlarmRule, ruleHolds } from "../../cloudwatch/alarm-rule";
import type { CompositeAlarm } from "../../cloudwatch/composite-alarm";
import type { Blueprint } from "../../sandbox/blueprint";
import { shortName } from "./evidence";

interface RuleCases {
  /** Alarms in ALARM that put the composite alarm into ALARM. */
  readonly fires: readonly (readonly string[])[];
  /** Alarms in ALARM that leave it OK. */
  readonly staysOk: readonly (readonly string[])[];
}

/** A composite alarm that is in ALARM while each of these alone is. */
const anyOf = (...names: readonly string[]): RuleCases => ({ fires: names.map((name) => [name]), staysOk: [[]] });

/** A composite alarm that is in ALARM while all of these are. */
const allOf = (...names: readonly string[]): RuleCases => ({
  fires: [names],
  staysOk: [[], ...names.map((left) => names.filter((name) => name !== left))],
});

/** By the alarm's name without the function's name: add a row. */
const RULES: Readonly<Record<string, RuleCases>> = {
  page: {
    fires: [
      ["high-error-rate"],
      ["outage", "outage-lasts"],
      ["limits-reached"],
      ["budget-burning"],
      ["images-lost"],
      ["waiting"],
      ["throttled-long", "nothing-invoked"],
      ["throttled-long", "still-throttled"],
      ["high-error-rate", "flowing"],
      ["waiting", "recovered"],
      ["upload-api-errors"],
      ["upload-api-errors", "recovered"],
      ["upload-api-errors", "flowing"],
    ],
    staysOk: [
      [],
      ["recovered", "flowing"],
      ["high-error-rate", "recovered"],
      ["outage"],
      ["outage-lasts"],
      ["outage", "outage-lasts", "recovered"],
      ["limits-reached", "recovered"],
      ["budget-burning", "recovered"],
      ["images-lost", "recovered"],
      ["throttled-long"],
      ["nothing-invoked", "still-throttled"],
      ["waiting", "flowing"],
      ["throttled-long", "nothing-invoked", "flowing"],
      ["throttled-long", "still-throttled", "flowing"],
    ],
  },
  creep: anyOf("high-duration", "memory-high"),
  silence: anyOf("no-invocations"),
  "slow-burn": allOf("budget-6h", "budget-30m"),
  budget: allOf("budget-1d", "budget-2h"),
  "event-lost": anyOf("dead-letter-errors"),
  redrive: anyOf("dead-letters"),
  "bad-release": allOf("release-errors", "two-versions"),
  table: anyOf("table-throttles", "table-errors"),
  "direct-uploads": anyOf("upload-api-refusals", "upload-api-latency", "links-unused"),
  backfill: anyOf(
    ...[
      "backfill-failed",
      "backfill-timed-out",
      "backfill-aborted",
      "backfill-batches-failed",
      "backfill-batches-timed-out",
      "backfill-failure-rate",
    ],
  ),
  refused: anyOf("refused-rate"),
};

/** The alarm that is critical. All other composite alarms wait while it is in ALARM. */
const PAGE = "page";

/** Long enough for the page to go to ALARM after a ticket, and for an incident to be over. */
const SUPPRESSION = { waitSeconds: 120, extensionSeconds: 1_800 } as const;

/** @returns undefined, if the rule is not valid */
export const parsedRule = (rule: string): AlarmRule | undefined => {
  try {
    return parseAlarmRule(rule);
  } catch {
    return undefined;
  }
};

const ruleProblems = (composite: CompositeAlarm, blueprint: Blueprint): string[] => {
  const short = shortName(composite, blueprint);
  const cases = RULES[short];
  const rule = parsedRule(composite.rule);
  if (cases === undefined) return [`Expected cases for the rule of ${short} but got none: add a row to RULES`];
  if (rule === undefined) return [`the rule of ${short} cannot be read`];
  const exists = (names: readonly string[]) =>
    names.every((name) => blueprint.alarms.some((alarm) => shortName(alarm, blueprint) === name));
  const holds = (inAlarm: readonly string[]) =>
    ruleHolds(rule, (name) => (inAlarm.includes(shortName({ name }, blueprint)) ? "ALARM" : "OK"));
  const shown = (names: readonly string[]) => (names.length === 0 ? "no alarm" : names.join(" and "));
  return [
    ...cases.fires
      .filter((names) => exists(names) && !holds(names))
      .map((names) => `${short} stays OK while ${shown(names)} is in ALARM`),
    ...cases.staysOk.filter(holds).map((names) => `${short} goes to ALARM while ${shown(names)} is in ALARM`),
  ];
};

/** A composite alarm is needed where an alarm exists that puts it into ALARM. */
const missingProblems = (blueprint: Blueprint): string[] => {
  const { alarms, compositeAlarms } = blueprint;
  if (compositeAlarms.length === 0) return [];
  const [single, composite] = [alarms, compositeAlarms].map(
    (all) => new Set(all.map((each) => shortName(each, blueprint))),
  );
  return Object.entries(RULES)
    .filter(([name]) => composite?.has(name) === false)
    .filter(([, { fires }]) => fires.some((names) => names.every((each) => single?.has(each))))
    .map(([name]) => `${name} is missing, so that no one is notified`);
};

const suppressorProblems = (composite: CompositeAlarm, blueprint: Blueprint): string[] => {
  const short = shortName(composite, blueprint);
  const { actionsSuppressor: suppressor } = composite;
  if (short === PAGE) return suppressor === undefined ? [] : [`${PAGE} can be kept from notifying`];
  if (suppressor === undefined || shortName({ name: alarmName(suppressor.alarm) }, blueprint) !== PAGE)
    return [`${short} notifies during an incident, too`];
  return suppressor.waitSeconds === SUPPRESSION.waitSeconds &&
    suppressor.extensionSeconds === SUPPRESSION.extensionSeconds
    ? []
    : [`${short} waits ${suppressor.waitSeconds} and ${suppressor.extensionSeconds} s for ${PAGE}`];
};

/** Only one alarm may be critical: everything else notifies of the same incident again. */
const pageProblems = ({ alarms, compositeAlarms, ...blueprint }: Blueprint): string[] => {
  if (compositeAlarms.length === 0) return [];
  const critical = [...alarms, ...compositeAlarms].filter(({ alarmActions }) =>
    alarmActions.some((arn) => arn.endsWith("-critical-alerts")),
  );
  const names = critical.map((alarm) => shortName(alarm, { ...blueprint, alarms, compositeAlarms }));
  return names.join() === PAGE
    ? []
    : [`Expected only ${PAGE} to notify the critical topic but got ${names.join(", ")}`];
};

/** @returns one sentence for each composite alarm that fires or notifies at the wrong time */
export const compositeProblems = (blueprint: Blueprint): string[] => [
  ...pageProblems(blueprint),
  ...missingProblems(blueprint),
  ...blueprint.compositeAlarms.flatMap((composite) => [
    ...ruleProblems(composite, blueprint),
    ...suppressorProblems(composite, blueprint),
    ...(composite.actionsEnabled === false
      ? [`alarm ${shortName(composite, blueprint)} has its actions disabled`]
      : []),
  ]),
];
