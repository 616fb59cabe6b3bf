/** The environment variables that the handler reads. */
import { EFFORTS, type Effort } from "./efforts";
import { DEFAULT_VARIANTS, type Variants, variantsMistake } from "./variants";

const LOG_LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR"] as const;
const METRICS_TRANSPORTS = ["put_metric_data", "emf"] as const;
const REFUSAL_LOG_LEVELS = ["ERROR", "WARN"] as const;
const SWITCH = ["off", "on"] as const;

const ENCODER_EFFORTS = Object.keys(EFFORTS) as [Effort, ...Effort[]];

export type Setting =
  | { readonly kind: "text" | "optional text"; readonly about: string }
  | { readonly kind: "whole number"; readonly about: string }
  | { readonly kind: "choice"; readonly choices: readonly string[]; readonly about: string }
  | { readonly kind: "variants"; readonly about: string }
  | { readonly kind: "tags"; readonly about: string };

/** Every setting; those that are not optional are required. To add one, add a row; `modules/image_processor.ts` then fails to compile until it supplies it. */
// biome-ignore format: a ledger is read down its columns
export const SETTINGS = {
  PROCESSED_BUCKET:  { kind: "text",                                about: "Bucket that receives the variants." },
  LOG_LEVEL:         { kind: "choice", choices: LOG_LEVELS,         about: "Least severe log level that is written. Lines that feed a metric are always written." },
  REFUSAL_LOG_LEVEL: { kind: "choice", choices: REFUSAL_LOG_LEVELS, about: "Log level of refused uploads. ERROR counts them as errors and failures. With WARN they are only counted as refused." },
  METRIC_NAMESPACE:  { kind: "text",                                about: "CloudWatch namespace of the custom metrics." },
  METRICS_TRANSPORT: { kind: "choice", choices: METRICS_TRANSPORTS, about: "How custom metrics are published: one PutMetricData call per invocation, or embedded in the log (EMF)." },
  SLO_SECONDS:       { kind: "whole number",                        about: "Seconds from an upload until its variants should be stored; images that take longer are logged as late." },
  LARGE_IMAGE_BYTES: { kind: "whole number",                        about: "Uploads with more bytes are logged as large." },
  MAX_IMAGE_BYTES:   { kind: "whole number",                        about: "Uploads with more bytes are refused." },
  MAX_IMAGE_PIXELS:  { kind: "whole number",                        about: "Uploads with more pixels (width x height) are refused." },
  MAX_IMAGE_SIDE_PX: { kind: "whole number",                        about: "Uploads with a longer side are refused." },
  MAX_IMAGE_FRAMES:  { kind: "whole number",                        about: "Uploads with more animation frames or pages are refused." },
  RECORDS_TABLE:     { kind: "optional text",                       about: "DynamoDB table with a record of each upload. If it is not set, no records are kept." },
  VARIANTS:          { kind: "variants",                            about: "Variants made from each upload, by name." },
  KEEP_SMALLER_ORIGINAL: { kind: "choice", choices: SWITCH,         about: "If a variant in the format of its upload would have more bytes than the upload, stores the upload without its metadata, or a smaller encoding." },
  KEEP_COPYRIGHT:    { kind: "choice", choices: SWITCH,             about: "Keeps creator and copyright of an upload in its variants, from EXIF or IPTC. All other metadata is removed." },
  MANIFEST:          { kind: "choice", choices: SWITCH,             about: "Stores a manifest of each upload after its variants: `<folder>/<name>_<id>.json`." },
  CACHE_CONTROL:     { kind: "text",                                about: "Cache-Control header of the stored objects." },
  VARIANT_TAGS:      { kind: "tags",                                about: "Tags of the stored objects, for lifecycle rules. `{variant}` in a value stands for the name of the variant." },
  ENCODER_EFFORT:    { kind: "choice", choices: ENCODER_EFFORTS,    about: "CPU time that encoding may take to save bytes: fast, balanced or small." },
  DELETE_VARIANTS_WITH_UPLOAD: { kind: "choice", choices: SWITCH, about: "Deletes the variants of an upload that is deleted or expires." },
  TRACING:           { kind: "choice", choices: SWITCH,             about: "Records each AWS call and each variant in AWS X-Ray." },
} as const satisfies Record<string, Setting>;

type SettingName = keyof typeof SETTINGS;

type OptionalSettingName = {
  [S in SettingName]: (typeof SETTINGS)[S] extends { readonly kind: "optional text" } ? S : never;
}[SettingName];

/** The environment variables of the function: each setting as text, without the optional ones that are not wanted. */
export type SettingTexts = Readonly<
  Record<Exclude<SettingName, OptionalSettingName>, string> & Partial<Record<OptionalSettingName, string>>
>;

/** The settings of a ledger with their value types; an optional setting that is not set is "". */
type ValuesOf<L extends Readonly<Record<string, Setting>>> = {
  readonly [S in keyof L]: L[S] extends { readonly choices: readonly (infer C)[] }
    ? C
    : L[S] extends { readonly kind: "whole number" }
      ? number
      : L[S] extends { readonly kind: "variants" }
        ? Variants
        : L[S] extends { readonly kind: "tags" }
          ? Readonly<Record<string, string>>
          : string;
};

export type Settings = ValuesOf<typeof SETTINGS>;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

interface Kind {
  /** @returns the value of a setting; undefined if the text is not valid */
  readonly read: (text: string, setting: Setting) => unknown;
  readonly what: (setting: Setting) => string;
  /** An example, for programs that need any valid value. */
  readonly example: (setting: Setting) => string;
}

const KINDS: Readonly<Record<Setting["kind"], Kind>> = {
  text: { read: (text) => text || undefined, what: () => "text", example: () => "example" },
  "optional text": { read: (text) => text || undefined, what: () => "text", example: () => "example" },
  "whole number": {
    read: (text) => (/^[1-9]\d*$/.test(text) ? Number(text) : undefined),
    what: () => "a whole number above 0",
    example: () => "1000000",
  },
  choice: {
    read: (text, setting) => ("choices" in setting && setting.choices.includes(text) ? text : undefined),
    what: (setting) => `one of ${"choices" in setting ? setting.choices.join(", ") : ""}`,
    example: (setting) => ("choices" in setting && setting.choices[0]) || "",
  },
  variants: {
    read: (text) => (variantsMistake(parsed(text)) === undefined ? parsed(text) : undefined),
    what: () => "a map of variants as JSON",
    example: () => JSON.stringify(DEFAULT_VARIANTS),
  },
  tags: {
    read: (text) => (areTexts(parsed(text)) ? parsed(text) : undefined),
    what: () => "a map of texts as JSON",
    example: () => "{}",
  },
};

/** @returns whether the value is a map of texts */
const areTexts = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.values(value).every((text) => typeof text === "string");

/** @returns a valid value for every setting that is required, for programs that load the function without a stack */
export const exampleSettings = (): SettingTexts =>
  Object.fromEntries(
    Object.entries<Setting>(SETTINGS)
      .filter(([, { kind }]) => kind !== "optional text")
      .map(([name, setting]) => [name, KINDS[setting.kind].example(setting)]),
  ) as unknown as SettingTexts;

/** @returns what is wrong with a setting */
const problemOf = (name: string, setting: Setting, text: string | undefined): string => {
  const mistake = setting.kind === "variants" && text !== undefined ? variantsMistake(parsed(text)) : undefined;
  const { what, at, got } = mistake?.at ? mistake : { what: KINDS[setting.kind].what(setting), at: "", got: text };
  return `Expected ${what} for ${name}${at} but got ${JSON.stringify(got) ?? "nothing"}`;
};

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * @param environment such as `process.env`
 * @returns every setting of a ledger, converted to its type
 * @throws Error that lists every missing or invalid setting: `Expected <what> for <NAME> but got <value>; …`
 */
export const readLedger = <const L extends Readonly<Record<string, Setting>>>(
  ledger: L,
  environment: Variables,
): ValuesOf<L> => {
  const rows = Object.entries<Setting>(ledger).map(([name, setting]) => {
    const text = environment[name];
    const missing = setting.kind === "optional text" ? "" : undefined;
    return { name, setting, text, value: text === undefined ? missing : KINDS[setting.kind].read(text, setting) };
  });
  const problems = rows
    .filter(({ value }) => value === undefined)
    .map(({ name, setting, text }) => problemOf(name, setting, text));
  if (problems.length > 0) throw new Error(problems.join("; "));
  return Object.fromEntries(rows.map(({ name, value }) => [name, value])) as unknown as ValuesOf<L>;
};

/** @returns every setting of the image handler @throws the error of `readLedger` */
export const readSettings = (environment: Variables): Settings => readLedger(SETTINGS, environment);
