/** The top of every view: environment, clock, and where to go. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { clockTime, dateTime, duration, plural } from "./format";
import { clock, inAlarm, isConnected, nowMs, post, problem, snapshot, unread } from "./store";

const VIEWS = [
  ["photos", "Photos"],
  ["log", "Log"],
  ["alarms", "Alarms"],
  ["inbox", "Inbox"],
  ["records", "Records"],
  ["api", "API"],
  ["backfill", "Backfill"],
  ["dashboard", "Dashboard"],
  ["break", "Break"],
] as const;

/** Some views exist only where the environment has what they show. */
const isShown = (id: (typeof VIEWS)[number][0]): boolean =>
  (id !== "records" || snapshot.value?.table !== undefined) &&
  (id !== "api" || snapshot.value?.uploadApi !== undefined) &&
  (id !== "backfill" || snapshot.value?.backfill !== undefined);

const Badge = ({ count, what, tone }: { readonly count: number; readonly what: string; readonly tone: string }) =>
  count === 0 ? null : (
    <span class={`badge ${tone}`}>
      {count}
      <span class="hidden"> {what}</span>
    </span>
  );

const Navigation = ({ view }: { readonly view: string }) => {
  const links = useRef<HTMLElement>(null);
  useEffect(() => {
    // In a narrow window the views do not fit beside each other. scrollIntoView would make Tab begin at the link.
    const list = links.current;
    const current = list?.querySelector<HTMLElement>("[aria-current]");
    if (list && current) list.scrollLeft = current.offsetLeft - (list.clientWidth - current.offsetWidth) / 2;
  }, [view]);
  return (
    <nav ref={links} aria-label="Views">
      {VIEWS.filter(([id]) => isShown(id)).map(([id, title]) => (
        <a key={id} href={`#/${id}`} aria-current={id === view ? "page" : undefined}>
          {title}
          {id === "alarms" && <Badge count={inAlarm.value.length} what="in ALARM" tone="bad" />}
          {id === "inbox" && <Badge count={unread.value} what="unread" tone="info" />}
          {id === "break" && (
            <Badge
              count={
                snapshot.value?.faults.filter(
                  ({ sinceMs, healedMs }) => sinceMs !== undefined && healedMs === undefined,
                ).length ?? 0
              }
              what="broken"
              tone="busy"
            />
          )}
        </a>
      ))}
    </nav>
  );
};

const EnvironmentChoice = () => {
  const isChanging = useSignal(false);
  const { environment, environments } = snapshot.value ?? { environment: "", environments: [] };
  const change = async (name: string) => {
    isChanging.value = true;
    await post("/api/environment", { name });
    isChanging.value = false;
  };
  return (
    <label class="environment">
      <span class="label">Environment</span>
      <select
        aria-label="Environment"
        value={environment}
        disabled={isChanging.value}
        onChange={({ currentTarget }) => void change(currentTarget.value)}
      >
        {environments.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      {isChanging.value && <span class="muted">starting …</span>}
    </label>
  );
};

const Clock = () => {
  const state = clock.value;
  if (state === undefined) return null;
  const { speed, running, jumpMs } = state;
  const note =
    jumpMs > 0 && running > 0
      ? `jump of ${duration(jumpMs)} waits for ${plural(running, "invocation")}`
      : running > 0
        ? `${plural(running, "invocation")} running${speed > 1 ? ", in real time" : ""}`
        : "";
  return (
    <section class="clock" aria-label="Local clock">
      <time class="now" title={`${dateTime(nowMs.value)} UTC`}>
        {clockTime(nowMs.value)}
      </time>
      <span class="label">UTC</span>
      <fieldset class="speeds">
        <legend class="hidden">Speed of the local clock</legend>
        {[1, 60].map((each) => (
          <label key={each} class={speed === each ? "speed on" : "speed"}>
            <input
              type="radio"
              name="speed"
              class="hidden"
              checked={speed === each}
              onChange={() => void post("/api/speed", { speed: String(each) })}
            />
            {each}×
          </label>
        ))}
      </fieldset>
      <button type="button" onClick={() => void post("/api/jump")}>
        +5 min
      </button>
      <span class="muted clock-note">{note}</span>
    </section>
  );
};

export const Header = ({ view }: { readonly view: string }) => (
  <header>
    <a class="skip" href={location.hash} onClick={() => document.querySelector("main")?.focus()}>
      Skip to content
    </a>
    <div class="bar">
      <a class="brand" href="#/photos" aria-label="Image processor">
        <img src="/icon.svg" alt="" width="20" height="20" />
        <span>Image processor</span>
      </a>
      <EnvironmentChoice />
      <Clock />
    </div>
    <Navigation view={view} />
    {!isConnected.value && (
      <p class="notice bad" role="alert">
        The console does not answer. Start it again with npm start; this page reconnects by itself.
      </p>
    )}
    {problem.value !== undefined && (
      <p class="notice bad" role="alert">
        {problem.value}
        <button
          type="button"
          class="small"
          onClick={() => {
            problem.value = undefined;
          }}
        >
          Dismiss
        </button>
      </p>
    )}
  </header>
);
