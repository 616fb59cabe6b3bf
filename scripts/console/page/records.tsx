/** What the metadata table says about each upload. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { RecordView } from "../protocol";
import { bytes, fileName, grouped, plural } from "./format";
import { Commands, Empty, Pill, ViewTitle } from "./parts";
import { ask, snapshot, uploads } from "./store";

const ALL = "all states";

const pictureOf = ({ format, widthPx, heightPx, sizeBytes }: RecordView): string =>
  [
    ...(format === undefined ? [] : [` · ${format}, ${widthPx} × ${heightPx} px`]),
    ...(sizeBytes === undefined ? [] : [` · ${bytes(sizeBytes)}`]),
  ].join("");

const Row = ({ record }: { readonly record: RecordView }) => {
  const { key, version, state, reason, detail, attempts = 0, updatedAt, variants = {} } = record;
  const upload = uploads.value.find((each) => each.key === key);
  return (
    <li class="card record">
      <div class="card-head">
        <h2 title={key}>{fileName(key)}</h2>
        <Pill state={state} />
        <span class="muted number">
          {plural(attempts, "attempt")} · <time>{updatedAt.slice(11, 19)}</time>
          {pictureOf(record)}
        </span>
        {upload !== undefined && (
          <a class="button small" href={`#/trace/${encodeURIComponent(upload.id)}`}>
            Follow
            <span class="hidden"> {fileName(key)}</span>
          </a>
        )}
      </div>
      {reason !== undefined && <p class="reason">{[reason, detail].filter(Boolean).join(": ")}</p>}
      <p class="muted breaks">
        Key {key}, version {version}
      </p>
      {Object.keys(variants).length > 0 && (
        <ul class="record-variants" aria-label={`Variants of ${fileName(key)}`}>
          {Object.entries(variants).map(([name, variant]) => (
            <li key={name} title={variant.key}>
              {name} <strong class="number">{bytes(variant.bytes)}</strong>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
};

/** Changes whenever an upload does. */
const progress = (): string => uploads.value.map(({ state, attempts }) => `${state}${attempts.length}`).join();

export const Records = () => {
  const records = useSignal<readonly RecordView[] | undefined>(undefined);
  const state = useSignal(ALL);
  const { table, environment, limits } = snapshot.value ?? {};
  useEffect(() => {
    if (table === undefined) return;
    const timer = setTimeout(async () => {
      records.value = (await ask<RecordView[]>("/api/records")) ?? records.value;
    }, 150);
    return () => clearTimeout(timer);
  }, [table, environment, progress()]);
  if (table === undefined) {
    return (
      <>
        <ViewTitle title="Records" />
        <Empty title="This environment keeps no records">
          <p class="muted">It has no metadata table: enable_metadata_table is false.</p>
        </Empty>
      </>
    );
  }
  const all = records.value ?? [];
  const states = [...new Set(all.map((each) => each.state))].sort();
  const shown = all.filter((each) => state.value === ALL || each.state === state.value);
  return (
    <>
      <ViewTitle title="Records">
        <label class="environment">
          <span class="label">State</span>
          <select
            value={state.value}
            onChange={({ currentTarget }) => {
              state.value = currentTarget.value;
            }}
          >
            {[ALL, ...states].map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        </label>
        <span class="muted number">
          {grouped(shown.length)} of {plural(all.length, "record")} in {table}, deleted with their uploads after{" "}
          {limits?.uploads}. Times are the function's own, which no jump moves.
        </span>
      </ViewTitle>
      {records.value === undefined ? (
        <div class="loading" role="presentation" />
      ) : all.length === 0 ? (
        <Empty title="No records yet">
          <p class="muted">The function writes a record of each upload.</p>
        </Empty>
      ) : (
        <ul class="uploads" aria-label="Records, newest first">
          {shown.map((record) => (
            <Row key={`${record.key} ${record.version}`} record={record} />
          ))}
        </ul>
      )}
      <Commands ids={["images", "image"]} />
    </>
  );
};
