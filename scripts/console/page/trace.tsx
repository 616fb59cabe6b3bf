/** One upload from its event to its metrics, in order of time. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Trace } from "../protocol";
import { bytes, clockTime, duration, exactTime, fileName, grouped, plural } from "./format";
import { LevelTag } from "./log-row";
import { Commands, Empty, Pill, ViewTitle } from "./parts";
import { ask, lines, post, uploads } from "./store";

interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly show: preact.JSX.Element;
}

const Metric = ({
  name,
  value,
  unit,
  visibleMs,
}: {
  readonly name: string;
  readonly value?: number;
  readonly unit?: string;
  readonly visibleMs?: number;
}) => (
  <span class="metric">
    {name} <strong class="number">{value === undefined ? "no value" : grouped(value)}</strong>{" "}
    {unit !== undefined && unit !== "None" && <span class="muted">{unit}</span>}
    {visibleMs !== undefined && <span class="muted number"> seen by alarms from {clockTime(visibleMs)}</span>}
  </span>
);

const entriesOf = ({ upload, lines: log, data }: Trace): Entry[] => [
  {
    atMs: upload.atMs,
    order: 0,
    show: (
      <>
        <span class="what">S3 stored the upload</span> <span class="muted">{bytes(upload.sizeBytes)}</span>
      </>
    ),
  },
  ...upload.attempts.map(({ number, startedMs }) => ({
    atMs: startedMs,
    order: 1,
    show: <span class="what">Attempt {number} begins</span>,
  })),
  ...log.map(({ atMs, level, title, summary, filterMatches, visibleMs }) => ({
    atMs,
    order: 2,
    show: (
      <>
        <LevelTag level={level} /> <span class="what">{title}</span> <span class="muted breaks">{summary}</span>
        {filterMatches.map(({ filter, metric, value, unit }) => (
          <p key={filter + metric} class="made">
            <span class="muted">{filter === "" ? "embedded metric" : "metric filter"} →</span>{" "}
            <Metric name={metric} value={value} unit={unit} visibleMs={visibleMs} />
          </p>
        ))}
      </>
    ),
  })),
  ...data.map(({ metric, value, unit, sentMs, visibleMs }) => ({
    atMs: sentMs,
    order: 6,
    show: (
      <p class="made">
        <span class="muted">published metric →</span>{" "}
        <Metric name={metric} value={value} unit={unit} visibleMs={visibleMs} />
      </p>
    ),
  })),
  ...upload.variants.map(({ name, key, sizeBytes }) => ({
    atMs: upload.attempts.at(-1)?.endedMs ?? upload.atMs,
    order: 4,
    show: (
      <>
        <span class="what">Variant {name}</span>{" "}
        <span class="muted breaks">
          {key}, {bytes(sizeBytes)}
        </span>
      </>
    ),
  })),
  ...upload.attempts.flatMap(({ number, endedMs, status = "", error, durationMs = 0, memoryMb = 0 }) =>
    endedMs === undefined
      ? []
      : [
          {
            atMs: endedMs,
            order: 5,
            show: (
              <>
                <span class="what">Attempt {number} ends</span> <Pill state={status} />{" "}
                <span class="muted number">
                  {duration(durationMs)}, {memoryMb} MB
                </span>
                {error !== undefined && <span class="reason"> {error}</span>}
              </>
            ),
          },
        ],
  ),
];

const Timeline = ({ trace }: { readonly trace: Trace }) => {
  const entries = entriesOf(trace).sort((one, other) => one.atMs - other.atMs || one.order - other.order);
  const beginMs = entries[0]?.atMs ?? 0;
  return (
    <ol class="timeline" aria-label="What happened, in order">
      {entries.map(({ atMs, show }, i) => (
        <li key={i}>
          <time class="number" title={`${Math.round(atMs - beginMs)} ms after the upload`}>
            {exactTime(atMs)}
          </time>
          <div>{show}</div>
        </li>
      ))}
    </ol>
  );
};

export const TraceView = ({ id }: { readonly id: string }) => {
  const trace = useSignal<Trace | undefined>(undefined);
  const isMissing = useSignal(false);
  const upload = uploads.value.find((each) => each.id === id);
  const newest = lines.value.findLast(({ requestId }) => upload?.attempts.some((each) => each.requestId === requestId));
  useEffect(() => {
    void ask<Trace>("/api/trace", { id }).then((found) => {
      if (found !== undefined) trace.value = found;
      else isMissing.value = true;
    });
  }, [id, upload?.state, upload?.attempts.length, upload?.variants.length, newest?.id]);
  const found = trace.value;
  if (found === undefined) {
    return isMissing.value ? (
      <Empty title="This upload is no longer in the history" />
    ) : (
      <p class="starting">Loading …</p>
    );
  }
  return (
    <>
      <ViewTitle title={fileName(found.upload.key)}>
        <Pill state={found.upload.state} />
        <span class="muted number">
          {plural(found.upload.attempts.length, "attempt")}, {plural(found.lines.length, "log line")}
        </span>
        <button type="button" onClick={() => void post("/api/replay", { id })}>
          Replay
        </button>
        <a class="button" href="#/photos">
          All photos
        </a>
      </ViewTitle>
      {found.upload.reason !== undefined && <p class="reason">{found.upload.reason}</p>}
      <Timeline trace={found} />
      {found.event !== "" && (
        <details class="card">
          <summary>The event that S3 sent to the function</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
          <pre tabIndex={0}>{found.event}</pre>
        </details>
      )}
      <Commands ids={["key", "redrive"]} />
    </>
  );
};
