/** CodeDeploy in a simulated month: a canary, then all uploads, or back to the old version as soon as an alarm fires. */
import type { AlarmState } from "../../cloudwatch/missing-data";
import type { Episode } from "./episodes";
import type { Policy } from "./policy";
import type { Serving } from "./world";

/** How a release of the month ended. */
export interface ReleaseEnd {
  readonly isTakenBack: boolean;
  /** First minute in which no attempt ran the released version because of its faults; that of a healthy one, the end of its canary. */
  readonly endMinute: number;
}

export interface Releases {
  /** Who serves the attempts of the minute. */
  serving(minute: number): Serving;
  /** Takes the states of the alarms after the minute; alarms that fire during a canary roll the release back. */
  observe(minute: number, states: ReadonlyMap<string, AlarmState>): void;
  /** How the release that began in a minute ended; undefined before its end. */
  endOf(startMinute: number): ReleaseEnd | undefined;
}

const ALL: Serving = { newestShare: 1 };
const NONE: Serving = { newestShare: 0 };

export const createReleases = (
  episodes: readonly Episode[],
  { canary, rollbackAlarms, versionMinutes }: Policy,
): Releases => {
  const ends = new Map<number, ReleaseEnd>();
  const releases = episodes.flatMap(({ startMinute, course }) =>
    course.release === undefined ? [] : [{ startMinute, ...course.release }],
  );
  let steady = ALL;
  return {
    serving: (minute) => {
      // Terraform points the alarms of a version at the new one: their windows begin empty.
      if (releases.some(({ startMinute }) => minute < startMinute && minute >= startMinute - versionMinutes))
        return NONE;
      const release = releases.findLast(({ startMinute }) => minute >= startMinute);
      if (release === undefined) return steady;
      const { startMinute, failing, failure, untilFixed } = release;
      if (ends.has(startMinute)) return steady;
      const fault = failing > 0 ? { failing, failure } : undefined;
      const canaryMinutes = canary?.minutes ?? 0;
      if (minute < startMinute + canaryMinutes) return { newestShare: canary?.share ?? 1, ...(fault && { fault }) };
      if (fault !== undefined && minute < startMinute + canaryMinutes + untilFixed) return { newestShare: 1, fault };
      steady = fault === undefined ? ALL : NONE;
      ends.set(startMinute, { isTakenBack: false, endMinute: minute });
      return steady;
    },
    observe: (minute, states) => {
      const release = releases.findLast(({ startMinute }) => minute >= startMinute);
      if (release === undefined || canary === undefined || ends.has(release.startMinute)) return;
      if (minute > release.startMinute + canary.minutes) return;
      if (!rollbackAlarms.some((name) => states.get(name) === "ALARM")) return;
      steady = NONE;
      ends.set(release.startMinute, { isTakenBack: true, endMinute: minute });
    },
    endOf: (startMinute) => ends.get(startMinute),
  };
};
