/** How the level of a log line looks. */

const LOUD: Readonly<Record<string, string>> = { WARN: "busy", ERROR: "bad", CRITICAL: "bad", FATAL: "bad" };

export const LevelTag = ({ level }: { readonly level: string }) => (
  <span class={`level ${LOUD[level] ?? "quiet"}`}>{level}</span>
);
