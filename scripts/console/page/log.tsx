/** The log, live: only the rows in sight are in the document. */
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Line } from "../protocol";
import { dateTime, exactTime, grouped, plural } from "./format";
import { LevelTag } from "./log-row";
import { Commands, Empty, ViewTitle } from "./parts";
import { ask, lines, snapshot, uploads } from "./store";

const ROW_PX = 32;
/** Rows above and below what is in sight. */
const SPARE_ROWS = 8;

interface Matches {
  readonly pattern: string;
  readonly ids: ReadonlySet<number>;
  readonly upTo: number;
  readonly problem?: string;
}

const NONE: Matches = { pattern: "", ids: new Set(), upTo: 0 };

/** Asks the server which lines match: it has the parser. Asks for new lines only while the pattern stays the same. */
const useMatches = (pattern: string) => {
  const matches = useSignal<Matches>(NONE);
  const newest = lines.value.at(-1)?.id ?? 0;
  useEffect(() => {
    if (pattern === "") {
      matches.value = NONE;
      return;
    }
    const before = matches.value.pattern === pattern ? matches.value : { ...NONE, pattern };
    const timer = setTimeout(async () => {
      const answer = await ask<{ ids?: number[]; problem?: string }>("/api/match", {
        pattern,
        since: String(before.upTo),
      });
      if (answer === undefined) return;
      if (answer.problem !== undefined) matches.value = { ...NONE, pattern, problem: answer.problem };
      else matches.value = { pattern, ids: new Set([...before.ids, ...(answer.ids ?? [])]), upTo: newest };
    }, 150);
    return () => clearTimeout(timer);
  }, [pattern, newest]);
  return matches;
};

const Detail = ({ line }: { readonly line: Line }) => {
  const { filterMatches, text, requestId, atMs, logGroup } = line;
  const upload = uploads.value.find(({ attempts }) => attempts.some((each) => each.requestId === requestId));
  return (
    <section class="card detail" aria-label="The selected line">
      <p class="number">
        {dateTime(atMs)} UTC{logGroup !== undefined && `, ${logGroup}`}
        {upload !== undefined && (
          <>
            {" "}
            <a href={`#/trace/${encodeURIComponent(upload.id)}`}>Follow the upload</a>
          </>
        )}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{text}</pre>
      {filterMatches.length === 0 ? (
        <p class="muted">No metric filter matches this line.</p>
      ) : (
        <ul class="matches">
          {filterMatches.map(({ filter, metric, value, unit }) => (
            <li key={filter + metric}>
              {filter === "" ? "Embedded metric" : filter} → <strong>{metric}</strong>
              {value !== undefined && ` ${grouped(value)}`} {unit !== "None" && unit}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
};

interface RowsProps {
  readonly rows: readonly Line[];
  readonly matched: ReadonlySet<number> | undefined;
  readonly selected: number;
  readonly onSelect: (id: number) => void;
}

const Rows = ({ rows, matched, selected, onSelect }: RowsProps) => {
  const list = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const heightPx = useSignal(480);
  const isFollowing = useRef(true);
  const isChosen = rows.findIndex(({ id }) => id === selected);
  useEffect(() => {
    const element = list.current;
    if (element === null) return;
    heightPx.value = element.clientHeight;
    if (isFollowing.current) element.scrollTop = element.scrollHeight;
  });
  const scroll = () => {
    const element = list.current;
    if (element === null) return;
    top.value = element.scrollTop;
    isFollowing.current = element.scrollTop + element.clientHeight >= element.scrollHeight - ROW_PX;
  };
  const MOVES: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: 10,
    PageUp: -10,
    Home: -rows.length,
    End: rows.length,
  };
  const move = (event: KeyboardEvent) => {
    const by = MOVES[event.key];
    if (by === undefined || rows.length === 0) return;
    event.preventDefault();
    const from = isChosen < 0 ? (by > 0 ? -1 : rows.length) : isChosen;
    const to = Math.max(0, Math.min(rows.length - 1, from + by));
    onSelect(rows[to]?.id ?? 0);
    // The scroll event comes after the next drawing, which would scroll back to the end.
    isFollowing.current = to === rows.length - 1;
    const element = list.current;
    if (element === null) return;
    if (to * ROW_PX < element.scrollTop) element.scrollTop = to * ROW_PX;
    const bottom = (to + 1) * ROW_PX;
    if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight;
  };
  const first = Math.max(0, Math.floor(top.value / ROW_PX) - SPARE_ROWS);
  const shown = rows.slice(first, first + Math.ceil(heightPx.value / ROW_PX) + 2 * SPARE_ROWS);
  return (
    <div
      ref={list}
      class="log"
      role="listbox"
      tabIndex={0}
      aria-label="Log lines, oldest first"
      aria-activedescendant={shown.some(({ id }) => id === selected) ? `line-${selected}` : undefined}
      onScroll={scroll}
      onKeyDown={move}
    >
      <div role="presentation" style={{ height: `${rows.length * ROW_PX}px` }}>
        {shown.map(({ id, atMs, level, title, summary, filterMatches }, i) => (
          <div
            key={id}
            id={`line-${id}`}
            role="option"
            tabIndex={-1}
            aria-selected={id === selected}
            aria-setsize={rows.length}
            aria-posinset={first + i + 1}
            class={matched?.has(id) ? "row matched" : "row"}
            style={{ transform: `translateY(${(first + i) * ROW_PX}px)` }}
            onClick={() => onSelect(id)}
            onKeyDown={() => {}}
          >
            <time class="number">{exactTime(atMs)}</time>
            <LevelTag level={level} />
            <span class="row-text">
              <span class="what">{title}</span> <span class="muted">{summary}</span>
            </span>
            <span class="row-metrics">{filterMatches.map(({ metric }) => metric).join(", ")}</span>
          </div>
        ))}
      </div>
    </div>
  );
};

export const LogView = () => {
  const pattern = useSignal("");
  const isOnly = useSignal(false);
  const selected = useSignal(0);
  const matches = useMatches(pattern.value);
  const { problem, ids } = matches.value;
  const isFiltered = pattern.value !== "" && problem === undefined;
  const rows = useComputed(() =>
    isOnly.value && pattern.value !== "" && matches.value.problem === undefined
      ? lines.value.filter(({ id }) => matches.value.ids.has(id))
      : lines.value,
  );
  const chosen = lines.value.find(({ id }) => id === selected.value);
  const { filters = [], limits, logGroup, otherLogGroups = [] } = snapshot.value ?? {};
  const others = otherLogGroups.length === 0 ? "" : ` and ${plural(otherLogGroups.length, "other log group")}`;
  return (
    <>
      <ViewTitle title="Log">
        <span class="muted number" title={otherLogGroups.join(", ")}>
          {logGroup}
          {others}: {plural(lines.value.length, "line")}; the last {grouped(limits?.lines ?? 0)} are kept
        </span>
      </ViewTitle>
      <div class="pattern">
        <label class="grow">
          <span class="label">Filter pattern</span>
          <input
            type="text"
            spellcheck={false}
            autocomplete="off"
            class={problem === undefined ? "code" : "code wrong"}
            placeholder='{ $.level = "ERROR" }'
            aria-invalid={problem !== undefined}
            aria-describedby="pattern-result"
            value={pattern.value}
            onInput={({ currentTarget }) => {
              pattern.value = currentTarget.value;
            }}
          />
        </label>
        <label>
          <span class="label">Of a metric filter</span>
          <select
            value={filters.find((each) => each.pattern === pattern.value)?.name ?? ""}
            onChange={({ currentTarget }) => {
              pattern.value = filters.find(({ name }) => name === currentTarget.value)?.pattern ?? "";
            }}
          >
            <option value="">none</option>
            {filters.map(({ name }) => (
              <option key={name} value={name}>
                {name.slice(name.lastIndexOf("-") + 1)}
              </option>
            ))}
          </select>
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={isOnly.value}
            onChange={({ currentTarget }) => {
              isOnly.value = currentTarget.checked;
            }}
          />
          Only matches
        </label>
        <p id="pattern-result" class={problem === undefined ? "muted number" : "reason"} role="status">
          {problem ??
            (isFiltered
              ? `${grouped(ids.size)} of ${grouped(lines.value.length)} lines match`
              : "Lines that match are marked. The pattern has the syntax of CloudWatch Logs.")}
        </p>
      </div>
      {lines.value.length === 0 ? (
        <Empty title="No log lines yet">
          <p class="muted">Upload a photo to see what the function logs.</p>
        </Empty>
      ) : (
        <Rows
          rows={rows.value}
          matched={isFiltered ? ids : undefined}
          selected={selected.value}
          onSelect={(id) => {
            selected.value = id;
          }}
        />
      )}
      {chosen !== undefined && <Detail line={chosen} />}
      <Commands ids={["logs", "patterns"]} />
    </>
  );
};
