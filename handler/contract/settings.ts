/** The environment variables that the handler reads. */

const LOG_LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR"] as const;
const METRICS_TRANSPORTS = ["put_metric_data", "emf"] as const;
const REFUSAL_LOG_LEVELS = ["ERROR", "WARN"] as const;
const TRACINGS = ["off", "on"] as const;

type Setting =
  | { readonly kind: "text"; readonly about: string }
  | { readonly kind: "whole number"; readonly about: string }
  | { readonly kind: "choice"; readonly choices: readonly string[]; readonly about: string };

/** Every setting; all are required. To add one, add a row; `modules/image_processor.ts` then fails to compile until it supplies it. */
// biome-ignore format: a ledger is read down its columns
export const SETTINGS = {
  PROCESSED_BUCKET:  { kind: "text",                                about: "Bucket that receives the variants." },
  LOG_LEVEL:         { kind: "choice", choices: LOG_LEVELS,         about: "Least severe log level that is written. Lines that feed a metric are always written." },
  REFUSAL_LOG_LEVEL: { kind: "choice", choices: REFUSAL_LOG_LEVELS, about: "Log level of refused uploads. ERROR counts them as errors and failures. With WARN they are only counted as refused." },
  METRIC_NAMESPACE:  { kind: "text",                                about: "CloudWatch namespace of the custom metrics." },
  METRICS_TRANSPORT: { kind: "choice", choices: METRICS_TRANSPORTS, about: "How custom metrics are published: one PutMetricData call per invocation, or embedded in the log (EMF)." },
  LARGE_IMAGE_BYTES: { kind: "whole number",                        about: "Uploads with more bytes are logged as large." },
  MAX_IMAGE_BYTES:   { kind: "whole number",                        about: "Uploads with more bytes are refused." },
  MAX_IMAGE_PIXELS:  { kind: "whole number",                        about: "Uploads with more pixels (width x height) are refused." },
  MAX_IMAGE_SIDE_PX: { kind: "whole number",                        about: "Uploads with a longer side are refused." },
  MAX_IMAGE_FRAMES:  { kind: "whole number",                        about: "Uploads with more animation frames or pages are refused." },
  TRACING:           { kind: "choice", choices: TRACINGS,           about: "Records each AWS call and each variant in AWS X-Ray." },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

/** The settings with their value types. */
export type Settings = {
  readonly [S in SettingName]: (typeof SETTINGS)[S] extends { readonly choices: readonly (infer C)[] }
    ? C
    : (typeof SETTINGS)[S] extends { readonly kind: "whole number" }
      ? number
      : string;
};

const expectation = (setting: Setting): string =>
  setting.kind === "choice"
    ? `one of ${setting.choices.join(", ")}`
    : setting.kind === "text"
      ? "text"
      : "a whole number above 0";

const accepts = (setting: Setting, text: string): boolean =>
  setting.kind === "choice"
    ? setting.choices.includes(text)
    : setting.kind === "text"
      ? text !== ""
      : /^[1-9]\d*$/.test(text);

/**
 * @param environment such as `process.env`
 * @returns every setting; whole numbers are converted to numbers
 * @throws Error that lists every missing or invalid setting: `Expected <what> for <NAME> but got <value>; …`
 */
export const readSettings = (environment: Readonly<Record<string, string | undefined>>): Settings => {
  const rows = Object.entries<Setting>(SETTINGS).map(([name, setting]) => ({ name, setting, text: environment[name] }));
  const problems = rows
    .filter(({ setting, text }) => text === undefined || !accepts(setting, text))
    .map(
      ({ name, setting, text }) =>
        `Expected ${expectation(setting)} for ${name} but got ${JSON.stringify(text) ?? "nothing"}`,
    );
  if (problems.length > 0) throw new Error(problems.join("; "));
  return Object.fromEntries(
    rows.map(({ name, setting, text }) => [name, setting.kind === "whole number" ? Number(text) : text]),
  ) as unknown as Settings;
};
