/** Recorded answers of CloudWatch: reads files of cases, one JSON object per line. */
import { z } from "zod";

const text = z.string();
const line = z.union([text, z.record(text, z.unknown())]);
const dimensions = z.record(text, text).optional();

const ALARM = {
  n: z.int().positive().default(3),
  m: z.int().positive().optional(),
  treat: text.default("missing"),
  period: z.number().positive().default(60),
  threshold: z.number().default(5),
  comparison: text.default("GreaterThanThreshold"),
  statistic: text.default("Sum"),
};

const FILTER = { pattern: text, value: text.default("1"), defaultValue: z.number().optional(), dimensions };

const points = z
  .union([z.number(), text])
  .transform((all) => String(all).trim().split(/\s+/))
  .pipe(z.array(text.regex(/^(?:-|X|-?\d+(?:\.\d+)?)$/)));

/** The input of each kind of case: add a row here and in ANSWERS to support another kind. */
const INPUTS = {
  pattern: z.object({ pattern: text, line, values: z.array(text).optional() }),
  accepted: z.object(FILTER),
  filter: z.object({ ...FILTER, lines: z.array(z.tuple([z.number(), line])) }),
  statistic: z.object({
    data: z
      .array(z.tuple([z.number()], z.unknown()))
      .pipe(
        z.array(
          z.union([
            z.tuple([z.number()]),
            z.tuple([z.number(), text]),
            z.tuple([z.number(), text, z.number()]),
            z.tuple([z.number(), text, z.number(), z.record(text, text)]),
          ]),
        ),
      ),
    statistic: text,
    unit: text.optional(),
  }),
  alarm: z.object({ ...ALARM, points }),
  reason: z.object({ ...ALARM, points, was: z.enum(["OK", "ALARM", "INSUFFICIENT_DATA"]).default("OK") }),
  timeline: z.object({
    ...ALARM,
    data: z.array(z.tuple([z.number(), z.number()])),
    until: z.number(),
    tolerance: z.number().default(0),
  }),
  late: z.object({
    ...ALARM,
    data: z.array(z.tuple([z.number(), z.number(), z.number()])),
    until: z.number(),
    tolerance: z.number().default(0),
  }),
  math: z.object({
    expression: text,
    series: z.record(text, z.array(z.number().nullable())),
    period: z.number().positive().default(60),
  }),
  emf: z.object({ line }),
  lambdaLevel: z.object({ line, applicationLogLevel: text, logFormat: text.default("JSON") }),
} as const satisfies Record<string, z.ZodType>;

export type Kind = keyof typeof INPUTS;
export type Input<K extends Kind> = z.infer<(typeof INPUTS)[K]>;

export interface Case<K extends Kind = Kind> {
  readonly kind: K;
  readonly input: Input<K>;
  readonly expected: unknown;
  readonly source: string;
  /** File and line. */
  readonly place: string;
}

/** A case of a kind that this version does not know. */
export interface UnknownCase {
  readonly kind: string;
  readonly source: string;
  readonly place: string;
}

const CASE = z.object({
  kind: text,
  input: z.record(text, z.unknown()),
  expected: z.json(),
  source: text.min(1),
});

/** A file that is not a list of cases. The message begins with its name and line. */
export class MalformedCase extends Error {
  override readonly name = "MalformedCase";
}

const isKind = (kind: string): kind is Kind => Object.hasOwn(INPUTS, kind);

const problemOf = (error: z.ZodError): string => {
  const [issue] = error.issues;
  return `${issue?.path.join(".") || "the case"}: ${issue?.message ?? "invalid"}`;
};

const parsed = <S extends z.ZodType>(schema: S, value: unknown, place: string, under = ""): z.infer<S> => {
  const { data, error } = schema.safeParse(value);
  if (error !== undefined) throw new MalformedCase(`${place}: ${under}${problemOf(error)}`);
  return data as z.infer<S>;
};

const jsonOf = (written: string, place: string): unknown => {
  try {
    return JSON.parse(written);
  } catch (cause) {
    throw new MalformedCase(`${place}: Expected a JSON object but got ${written.slice(0, 60)}`, { cause });
  }
};

/**
 * @param file its name, for messages
 * @param content one case per line; empty lines are skipped
 * @throws MalformedCase that begins with the file and line
 */
export const readCases = (file: string, content: string): (Case | UnknownCase)[] =>
  content.split("\n").flatMap((written, index) => {
    if (written.trim() === "") return [];
    const place = `${file}:${index + 1}`;
    const { kind, input, expected, source } = parsed(CASE, jsonOf(written, place), place);
    if (!isKind(kind)) return [{ kind, source, place }];
    return [{ kind, input: parsed(INPUTS[kind], input, place, "input."), expected, source, place } as Case];
  });
