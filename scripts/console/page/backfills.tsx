/** Backfills of the local upload bucket: one run after the other, with each object's outcome. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { BackfillRun } from "../protocol";
import { clockTime, fileName, grouped, plural } from "./format";
import { Commands, Empty, Pill, ViewTitle } from "./parts";
import { ask, post, snapshot } from "./store";

const EVERY_MS = 500;

/** What can be done with a run, by its status. The newest one alone can be stopped and resumed. */
const ACTIONS: Readonly<Record<string, { readonly title: string; readonly action: string } | undefined>> = {
  RUNNING: { title: "Stop", action: "stop" },
  ABORTED: { title: "Resume", action: "resume" },
  FAILED: { title: "Resume", action: "resume" },
  TIMED_OUT: { title: "Resume", action: "resume" },
};

const countsOf = ({ objects }: BackfillRun): string =>
  [...new Set(objects.map(({ outcome }) => outcome))]
    .sort()
    .map((wanted) => `${grouped(objects.filter(({ outcome }) => outcome === wanted).length)} ${wanted}`)
    .join(", ");

const Objects = ({ run: { name, objects } }: { readonly run: BackfillRun }) => (
  <table aria-label={`Objects of ${name}`}>
    <thead>
      <tr>
        <th scope="col">Object</th>
        <th scope="col">Outcome</th>
        <th scope="col">Why</th>
      </tr>
    </thead>
    <tbody>
      {objects.map(({ key, outcome, why }) => (
        <tr key={key}>
          <td class="breaks" title={key}>
            {fileName(key)}
          </td>
          <td>
            <Pill state={outcome} />
          </td>
          <td class="breaks">{why}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

const Run = ({ run, isNewest }: { readonly run: BackfillRun; readonly isNewest: boolean }) => {
  const { name, status, startedMs, endedMs, objects, done } = run;
  const act = (action: string) => () => void post("/api/backfill", { action, run: name });
  const own = isNewest ? ACTIONS[status] : undefined;
  const left = objects.length - done;
  return (
    <li class="card run">
      <div class="card-head">
        <h2>{name}</h2>
        <Pill state={status.toLowerCase().replace("_", " ")} />
        <span class="muted number">
          {clockTime(startedMs)}
          {endedMs !== undefined && ` to ${clockTime(endedMs)}`}
        </span>
        {own !== undefined && (
          <button type="button" onClick={act(own.action)}>
            {own.title}
            <span class="hidden"> {name}</span>
          </button>
        )}
        {status !== "RUNNING" && left > 0 && (
          <button type="button" onClick={act("retry")}>
            Retry {plural(left, "object")}
            <span class="hidden"> of {name}</span>
          </button>
        )}
      </div>
      <progress max={Math.max(objects.length, 1)} value={done} aria-label={`Objects of ${name} that are done`} />
      <p class="muted number" role="status">
        {grouped(done)} of {plural(objects.length, "object")} done: {countsOf(run)}
      </p>
      <details open={isNewest}>
        <summary>Objects</summary>
        <Objects run={run} />
      </details>
    </li>
  );
};

export const Backfills = () => {
  const runs = useSignal<readonly BackfillRun[] | undefined>(undefined);
  const all = useSignal(false);
  const { backfill, environment } = snapshot.value ?? {};
  const machine = backfill?.stateMachine;
  useEffect(() => {
    if (machine === undefined) return;
    const load = async () => {
      runs.value = (await ask<BackfillRun[]>("/api/backfills")) ?? runs.value;
    };
    void load();
    const timer = setInterval(load, EVERY_MS);
    return () => clearInterval(timer);
  }, [machine, environment]);
  if (backfill === undefined) {
    return (
      <>
        <ViewTitle title="Backfill" />
        <Empty title="This environment has no backfill">
          <p class="muted">enable_backfill is false.</p>
        </Empty>
      </>
    );
  }
  const isRunning = runs.value?.[0]?.status === "RUNNING";
  return (
    <>
      <ViewTitle title="Backfill">
        <span class="muted">
          The state machine {backfill.stateMachine} passes the uploads of this console to a separate function, in
          batches of {grouped(backfill.batchSize)}, at most {grouped(backfill.maxConcurrency)} of them at once. Variants
          that are stored are not made again.
        </span>
        <label class="check">
          <input
            type="checkbox"
            checked={all.value}
            onChange={({ currentTarget }) => {
              all.value = currentTarget.checked;
            }}
          />
          Make every variant again
        </label>
        <button
          type="button"
          class="primary"
          disabled={isRunning}
          onClick={() => void post("/api/backfill", { action: "start", all: String(all.value) })}
        >
          Start a backfill
        </button>
      </ViewTitle>
      {runs.value === undefined ? (
        <div class="loading" role="presentation" />
      ) : runs.value.length === 0 ? (
        <Empty title="No runs yet">
          <p class="muted">Upload photos, then start a backfill: it finds their variants and makes what is missing.</p>
        </Empty>
      ) : (
        <ul class="uploads" aria-label="Runs, newest first">
          {runs.value.map((run, i) => (
            <Run key={run.name} run={run} isNewest={i === 0} />
          ))}
        </ul>
      )}
      <Commands ids={["backfill", "backfillAws", "backfillResume"]} />
    </>
  );
};
