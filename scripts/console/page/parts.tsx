/** Small parts that several views use. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { snapshot } from "./store";

/** The meaning of each state: its colour. */
const TONES: Readonly<Record<string, "good" | "bad" | "busy" | "idle">> = {
  OK: "good",
  done: "good",
  success: "good",
  ALARM: "bad",
  failed: "bad",
  error: "bad",
  timeout: "bad",
  refused: "bad",
  processed: "good",
  received: "busy",
  succeeded: "good",
  complete: "good",
  aborted: "bad",
  "timed out": "bad",
  queued: "busy",
  running: "busy",
  waiting: "busy",
  INSUFFICIENT_DATA: "idle",
  ignored: "idle",
};

const LABELS: Readonly<Record<string, string>> = { INSUFFICIENT_DATA: "no data", waiting: "waiting for retry" };

const toneOf = (state: string): string => TONES[state] ?? "idle";

/** An alarm that says that all is well is in ALARM then. */
export const alarmTone = (state: string, isSignOfHealth: boolean): string =>
  isSignOfHealth ? (state === "ALARM" ? "good" : "idle") : toneOf(state);

export const Pill = ({ state, tone = toneOf(state) }: { readonly state: string; readonly tone?: string }) => (
  <span class={`pill ${tone}`}>{LABELS[state] ?? state}</span>
);

const Chip = ({ name, isOn, href }: { readonly name: string; readonly isOn: boolean; readonly href: string }) => (
  <a class={isOn ? "chip bad" : "chip"} href={href}>
    {name}
  </a>
);

/** Names of alarms in a row; those in ALARM stand out. */
export const Chips = ({
  label,
  names,
  isOn,
}: {
  readonly label: string;
  readonly names: readonly string[];
  readonly isOn: (name: string) => boolean;
}) => (
  <ul class="chips" aria-label={label}>
    {names.map((name) => (
      <li key={name}>
        <Chip name={name} isOn={isOn(name)} href={`#/alarms/${name}`} />
      </li>
    ))}
  </ul>
);

export const Empty = ({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) => (
  <div class="empty">
    <p class="empty-title">{title}</p>
    {children}
  </div>
);

/** A command for a terminal, with a button that copies it. */
const Command = ({ id }: { readonly id: string }) => {
  const label = useSignal("Copy");
  const hint = snapshot.value?.hints.find((each) => each.id === id);
  if (hint === undefined) return null;
  const copy = async () => {
    // Browsers can forbid it; the command can still be selected.
    label.value = await navigator.clipboard.writeText(hint.command).then(
      () => "Copied",
      () => "Not copied",
    );
    setTimeout(() => {
      label.value = "Copy";
    }, 2_000);
  };
  return (
    <div class="command">
      <span class="command-what">{hint.what}</span>
      <code>{hint.command}</code>
      <button type="button" class="small" onClick={copy} aria-label={`Copy: ${hint.what}`}>
        {label.value}
      </button>
    </div>
  );
};

export const Commands = ({ ids }: { readonly ids: readonly string[] }) => (
  <section class="commands" aria-label="The same in a terminal">
    {ids.map((id) => (
      <Command key={id} id={id} />
    ))}
  </section>
);

export const ViewTitle = ({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) => (
  <div class="view-title">
    <h1>{title}</h1>
    {children}
  </div>
);
