/** Every alarm: its state, why, since when, and who is notified. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { AlarmView, Chart } from "../protocol";
import { ChartView } from "./chart";
import { clockTime, dateTime } from "./format";
import { alarmTone, Chips, Commands, Pill, ViewTitle } from "./parts";
import { ask, inAlarm, isInAlarm, minute, nowMs, snapshot } from "./store";

/** At most three hours, and no longer than the alarm has a state. */
const STRIP_MS = 3 * 3_600_000;

/** The states of the last hours, as a strip. */
const Strip = ({ alarm: { changes, isSignOfHealth } }: { readonly alarm: AlarmView }) => {
  minute.value;
  const endMs = nowMs.peek();
  const beginMs = Math.max(endMs - STRIP_MS, changes[0]?.atMs ?? 0);
  const lengthMs = Math.max(1, endMs - beginMs);
  const spans = changes.map(({ atMs, state }, i) => ({ state, fromMs: atMs, toMs: changes[i + 1]?.atMs ?? endMs }));
  const percent = (ms: number) => (100 * (Math.max(beginMs, ms) - beginMs)) / lengthMs;
  return (
    <div class="strip" role="img" aria-label={`States since ${clockTime(beginMs)}`}>
      {spans
        .filter(({ toMs }) => toMs > beginMs)
        .map(({ state, fromMs, toMs }) => (
          <span
            key={fromMs}
            class={alarmTone(state, isSignOfHealth)}
            style={{ left: `${percent(fromMs)}%`, width: `${Math.max(0.5, percent(toMs) - percent(fromMs))}%` }}
          />
        ))}
    </div>
  );
};

const History = ({ alarm: { changes, isSignOfHealth } }: { readonly alarm: AlarmView }) => (
  <ol class="changes" reversed aria-label="Changes of state, newest first">
    {[...changes].reverse().map(({ atMs, state, reason, topics, suppressedBy }) => (
      <li key={`${atMs} ${state}`}>
        <time class="number" title={`${dateTime(atMs)} UTC`}>
          {clockTime(atMs)}
        </time>{" "}
        <Pill state={state} tone={alarmTone(state, isSignOfHealth)} /> <span class="breaks">{reason}</span>
        <p class="muted">
          {topics.length > 0
            ? `Notified: ${topics.join(", ")}`
            : suppressedBy === undefined
              ? "No notification was sent"
              : `Notifications are held back (${suppressedBy})`}
        </p>
      </li>
    ))}
  </ol>
);

const AlarmChart = ({ alarm }: { readonly alarm: AlarmView }) => {
  const chart = useSignal<Chart | undefined>(undefined);
  const now = minute.value;
  useEffect(() => {
    void ask<Chart>("/api/alarm", { name: alarm.short, hours: "3" }).then((found) => {
      chart.value = found;
    });
  }, [alarm.short, now]);
  return chart.value === undefined ? (
    <div class="loading" role="presentation" />
  ) : (
    <ChartView chart={chart.value} title={`${alarm.watches} and the threshold of ${alarm.short}`} />
  );
};

const AlarmCard = ({ alarm, isFirst }: { readonly alarm: AlarmView; readonly isFirst: boolean }) => {
  const isOpen = useSignal(isFirst);
  const { short, state, watches, condition, description, rule, children, topics, recipients, isSignOfHealth } = alarm;
  const tone = alarmTone(state, isSignOfHealth);
  return (
    <li class={`card alarm ${tone}`} id={`alarm-${short}`}>
      <details
        open={isOpen.value}
        onToggle={({ currentTarget }) => {
          isOpen.value = currentTarget.open;
        }}
      >
        <summary>
          <span class="alarm-name">{short}</span>
          <Pill state={state} tone={tone} />
          <span class="muted alarm-condition">
            {isSignOfHealth && "In ALARM while all is well. "}
            {rule === undefined ? `${watches} ${condition}` : `by the states of ${children.join(", ")}`}
          </span>
          <Strip alarm={alarm} />
        </summary>
        {description !== "" && <p class="breaks">{description}</p>}
        <p class="muted">
          {topics.length === 0
            ? "Notifies no one"
            : `Notifies ${topics.join(", ")}: ${recipients.join(", ") || "no subscription"}`}
        </p>
        {children.length > 0 && <Chips label="Alarms in its rule" names={children} isOn={isInAlarm} />}
        {rule !== undefined && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          <pre tabIndex={0}>{rule}</pre>
        )}
        {isOpen.value && rule === undefined && <AlarmChart alarm={alarm} />}
        <History alarm={alarm} />
      </details>
    </li>
  );
};

const RANKS: Readonly<Record<string, number>> = { bad: 0, idle: 1, good: 2 };

const rankOf = ({ state, isSignOfHealth }: AlarmView): number => RANKS[alarmTone(state, isSignOfHealth)] ?? 3;

export const Alarms = ({ open }: { readonly open: string }) => {
  const all = snapshot.value?.alarms ?? [];
  const ordered = [...all].sort((one, other) => rankOf(one) - rankOf(other));
  useEffect(() => {
    if (open !== "") document.getElementById(`alarm-${open}`)?.scrollIntoView({ block: "center" });
  }, [open]);
  return (
    <>
      <ViewTitle title="Alarms">
        <span class="muted number">
          {inAlarm.value.length} of {all.length} in ALARM. Alarms see new data one to three minutes later, as in AWS.
        </span>
      </ViewTitle>
      <ul class="alarms" aria-label="Alarms, those in ALARM first">
        {ordered.map((alarm) => (
          <AlarmCard key={`${alarm.name}${alarm.short === open}`} alarm={alarm} isFirst={alarm.short === open} />
        ))}
      </ul>
      <Commands ids={["alarms", "test", "drill"]} />
    </>
  );
};
