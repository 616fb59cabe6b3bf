/** The negative control: a busy hour that keeps as many alarms as possible just below their thresholds. */
import type { Alarm } from "../../cloudwatch/alarm";
import type { Blueprint } from "../../sandbox/blueprint";
import { justTooLittle } from "./edge-probes";
import { type Evidence, scenarioOf, shortName, traffic } from "./evidence";
import { BEGIN_MS, HOUR_MS, WATCH_MS } from "./probe";
import { problemOf } from "./probes";
import { FAULT_AT_MS } from "./recorded-run";
import { remembered } from "./remembered";
import { metricOf, signalsOf } from "./signals";
import { MINUTE_MS, merged, type Timeline } from "./timeline";

export interface Control {
  /** Alarms kept one fault below their threshold. Faults that another alarm counts, too, are left out. */
  readonly atTheEdge: readonly string[];
  readonly problems: readonly string[];
}

interface BusyHour {
  readonly edges: readonly { readonly alarm: Alarm; readonly added: Timeline }[];
  readonly timeline: Timeline;
}

const countsOnlyAt = (alarm: Alarm, added: Timeline, blueprint: Blueprint): boolean =>
  blueprint.alarms.every((other) => other === alarm || signalsOf(other, blueprint, added).length === 0);

const busyHours = new WeakMap<Evidence, BusyHour>();

/** The hour depends on the evidence only, not on the mutant that is judged. */
const busyHour = (evidence: Evidence): BusyHour =>
  remembered(busyHours, evidence, () => {
    const edges = evidence.blueprint.alarms
      .filter((alarm) => metricOf(alarm) !== undefined && !alarm.comparison.startsWith("LessThan"))
      .map((alarm) => ({ alarm, added: justTooLittle(alarm, evidence) }))
      .filter(({ added }) => added.lines.length + added.data.length > 0)
      .filter(({ alarm, added }) => countsOnlyAt(alarm, added, evidence.blueprint));
    const healthy = traffic(evidence, BEGIN_MS, FAULT_AT_MS + HOUR_MS);
    return { edges, timeline: merged([healthy, ...edges.map(({ added }) => added)]) };
  });

/** @returns the alarms of a stack, or of a mutant of it, that fire during the busy hour */
export const control = (blueprint: Blueprint, evidence: Evidence): Control => {
  const { edges, timeline } = busyHour(evidence);
  const watched = { fromMs: WATCH_MS, toMs: FAULT_AT_MS + HOUR_MS - MINUTE_MS };
  const problems = blueprint.alarms.flatMap((alarm) => {
    const { name } = alarm;
    // The busy hour has single throttles, so an alarm that says that all is well may leave ALARM.
    if (scenarioOf(alarm, blueprint)?.isInverse) return [];
    const problem = problemOf({ alarm: name, title: "", timeline, watched, delivery: evidence.delivery }, blueprint);
    return problem === undefined ? [] : [`${shortName({ name }, blueprint)} ${problem} during a healthy hour`];
  });
  return { atTheEdge: edges.map(({ alarm }) => shortName(alarm, evidence.blueprint)), problems };
};
