/**
 * Composite alarms of CloudWatch: their state by a rule, and when their actions run.
 *
 * Follows https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html and, for suppressed actions, its
 * six examples in https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html. Assumed: a composite
 * is evaluated at once when one of its alarms changes, and a suppressor that goes to ALARM at the very end of a wait period
 * still suppresses.
 */
import type { AlarmActions } from "./alarm";
import { type AlarmRule, alarmName, alarmsOf, parseAlarmRule } from "./alarm-rule";

/** The alarm whose ALARM keeps another alarm's actions from running. */
export interface ActionsSuppressor {
  /** Name or ARN. */
  readonly alarm: string;
  /** How long a change waits for the suppressor to go to ALARM. */
  readonly waitSeconds: number;
  /** How long suppressed actions wait after the suppressor has left ALARM. */
  readonly extensionSeconds: number;
}

export interface CompositeAlarm extends AlarmActions {
  readonly rule: string;
  /** @default actions run with each change of state */
  readonly actionsSuppressor?: ActionsSuppressor;
}

export const isComposite = <T extends AlarmActions>(alarm: T | CompositeAlarm): alarm is CompositeAlarm =>
  "rule" in alarm;

/** A composite with its rule parsed, and what it depends on. */
export interface CompiledComposite {
  readonly alarm: CompositeAlarm;
  readonly rule: AlarmRule;
  readonly children: readonly string[];
  readonly suppressor?: string;
}

const compile = (alarm: CompositeAlarm, names: ReadonlySet<string>): CompiledComposite => {
  const rule = parseAlarmRule(alarm.rule);
  const children = alarmsOf(rule);
  const suppressor = alarm.actionsSuppressor && alarmName(alarm.actionsSuppressor.alarm);
  for (const name of [...children, ...(suppressor === undefined ? [] : [suppressor])]) {
    if (names.has(name)) continue;
    throw new Error(`Expected the name of an alarm in composite alarm ${alarm.name} but got ${JSON.stringify(name)}`);
  }
  return { alarm, rule, children, suppressor };
};

/**
 * @returns the composites, each after those that it depends on
 * @throws Error of `parseAlarmRule`; `Expected the name of an alarm in composite alarm …`; `Expected no cycle …`, because
 * CloudWatch stops evaluating composites that depend on each other
 */
export const compileComposites = (
  composites: readonly CompositeAlarm[],
  names: ReadonlySet<string>,
): CompiledComposite[] => {
  const all = new Map(composites.map((alarm) => [alarm.name, compile(alarm, names)]));
  const ordered = new Set<CompiledComposite>();
  const visit = (name: string, above: readonly string[]): void => {
    const composite = all.get(name);
    if (composite === undefined || ordered.has(composite)) return;
    if (above.includes(name)) {
      const cycle = [...above.slice(above.indexOf(name)), name].join(" -> ");
      throw new Error(`Expected no cycle of composite alarms but got ${cycle}`);
    }
    for (const child of composite.children) visit(child, [...above, name]);
    if (composite.suppressor !== undefined) visit(composite.suppressor, [...above, name]);
    ordered.add(composite);
  };
  for (const { name } of composites) visit(name, []);
  return [...ordered];
};

export type SuppressedBy = "Alarm" | "WaitPeriod" | "ExtensionPeriod";

/** When the actions of one composite run. `T` is a change of its state. */
export interface SuppressionTimer<T> {
  /** Takes the state of the suppressor, and a change of the composite if there is one. */
  readonly update: (atMs: number, isSuppressing: boolean, change?: T) => void;
  /** @returns the change whose actions are due by then, and since when; each is returned once */
  readonly due: (byMs: number) => { readonly change: T; readonly atMs: number } | undefined;
  readonly suppressedBy: () => SuppressedBy | undefined;
}

export const suppressionTimer = <T>({ waitSeconds, extensionSeconds }: ActionsSuppressor): SuppressionTimer<T> => {
  let pending: T | undefined;
  let by: SuppressedBy | undefined;
  let untilMs = Infinity;
  const set = (state: SuppressedBy | undefined, endMs: number) => {
    by = state;
    untilMs = endMs;
  };
  return {
    update: (atMs, isSuppressing, change) => {
      pending = change ?? pending;
      if (isSuppressing) set("Alarm", Infinity);
      else if (change !== undefined) set("WaitPeriod", atMs + waitSeconds * 1000);
      else if (by === "Alarm") set("ExtensionPeriod", atMs + extensionSeconds * 1000);
    },
    due: (byMs) => {
      if (pending === undefined || untilMs > byMs) return undefined;
      const found = { change: pending, atMs: untilMs };
      pending = undefined;
      set(undefined, Infinity);
      return found;
    },
    suppressedBy: () => by,
  };
};
