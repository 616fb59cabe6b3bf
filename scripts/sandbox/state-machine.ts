/** Reads a state machine that passes the lines of a file to a function in batches; any other definition is refused by the field's name. */
import { z } from "zod";
import { type Row, rows } from "./stack-resources";
import { expected, type Stack } from "./terraform-json";

export interface RetryBlueprint {
  /** Names of errors; States.ALL is every error. */
  readonly errors: readonly string[];
  /** After the first attempt. */
  readonly maxAttempts: number;
  readonly intervalSeconds: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number;
  /** Whether each pause is drawn between 0 and the delay. */
  readonly isJittered: boolean;
}

/** Values by name; a name that ends with `.$` has a path into the input, such as `$.manifest`. */
export type Parameters = Readonly<Record<string, unknown>>;

export interface StateMachineBlueprint {
  readonly name: string;
  readonly arn: string;
  /** Of a run. @default it can run for a year */
  readonly timeoutSeconds?: number;
  /** The batches publish their metrics as `<arn>/<label>`. */
  readonly label: string;
  /** Bucket and Key of the file with an item on each line. */
  readonly reader: Parameters;
  readonly batchSize: number;
  readonly batchInput: Parameters;
  readonly maxConcurrency: number;
  /** Items whose batches may fail, in percent. */
  readonly toleratedPercent: number;
  readonly functionArn: string;
  /** The first one with the name of the error counts. */
  readonly retries: readonly RetryBlueprint[];
  /** Bucket and Prefix. */
  readonly results: Parameters;
}

const parameters = z.record(z.string(), z.unknown());

const resource = (action: string) => z.string().regex(new RegExp(`^arn:aws[\\w-]*:states:::${action}$`));

/** Every error. It stands alone, and in the last retrier: https://states-language.net/#retrying-after-error */
const ALL = "States.ALL";

/** Of the names that Step Functions reserves, the sandbox knows ALL. */
const ERROR_NAME = z.string().regex(/^(States\.ALL|(?!States\.).+)$/);

const RETRY = z.strictObject({
  ErrorEquals: z
    .array(ERROR_NAME)
    .min(1)
    .refine((names) => names.length === 1 || !names.includes(ALL)),
  IntervalSeconds: z.number().default(1),
  BackoffRate: z.number().default(2),
  MaxAttempts: z.number().default(3),
  MaxDelaySeconds: z.number().default(Number.POSITIVE_INFINITY),
  JitterStrategy: z.enum(["FULL", "NONE"]).default("NONE"),
});

const TASK = z.strictObject({
  Type: z.literal("Task"),
  Resource: resource("lambda:invoke"),
  Parameters: z.strictObject({ FunctionName: z.string(), "Payload.$": z.literal("$") }),
  OutputPath: z.literal("$.Payload"),
  Retry: z.array(RETRY).refine((retries) => !retries.slice(0, -1).some(({ ErrorEquals }) => ErrorEquals.includes(ALL))),
  End: z.literal(true),
});

const MAP = z.strictObject({
  Type: z.literal("Map"),
  Label: z.string(),
  ItemReader: z.strictObject({
    Resource: resource("s3:getObject"),
    ReaderConfig: z.strictObject({ InputType: z.literal("JSONL") }),
    Parameters: parameters,
  }),
  ItemBatcher: z.strictObject({ MaxItemsPerBatch: z.number(), BatchInput: parameters.default({}) }),
  MaxConcurrency: z.number(),
  ToleratedFailurePercentage: z.number().default(0),
  ItemProcessor: z.strictObject({
    ProcessorConfig: z.strictObject({ Mode: z.literal("DISTRIBUTED"), ExecutionType: z.literal("EXPRESS") }),
    StartAt: z.string(),
    States: z.record(z.string(), TASK),
  }),
  ResultWriter: z.strictObject({ Resource: resource("s3:putObject"), Parameters: parameters }),
  End: z.literal(true),
});

const MACHINE = z.strictObject({
  Comment: z.string().optional(),
  StartAt: z.string(),
  TimeoutSeconds: z.number().optional(),
  States: z.record(z.string(), MAP),
});

/** @throws Error that names the field that the sandbox does not run, or its value */
const readDefinition = (name: string, definition: unknown): z.infer<typeof MACHINE> => {
  const { data, error } = MACHINE.safeParse(definition, { reportInput: true });
  const issue = error?.issues[0];
  if (issue === undefined) return data as z.infer<typeof MACHINE>;
  const at = [`state machine ${name}`, ...issue.path].join(".");
  if (issue.code === "unrecognized_keys") throw expected("a field that the sandbox runs", at, issue.keys[0]);
  throw expected(issue.code === "invalid_type" ? `a ${issue.expected}` : issue.message, at, issue.input);
};

/** @throws Error unless there is exactly one state, and the machine begins with it */
const onlyState = <S>(name: string, { StartAt, States }: { StartAt: string; States: Record<string, S> }): S => {
  const state = States[StartAt];
  if (state !== undefined && Object.keys(States).length === 1) return state;
  throw expected(`one state, ${StartAt}`, `state machine ${name}`, Object.keys(States));
};

const stateMachineOf = ({ name, arn, type, definition }: Row<"aws_sfn_state_machine">): StateMachineBlueprint => {
  if (type !== "STANDARD") throw expected("STANDARD", `the type of state machine ${name}`, type);
  const machine = readDefinition(name, JSON.parse(definition));
  const map = onlyState(name, machine);
  const task = onlyState(name, map.ItemProcessor);
  return {
    ...{ name, arn, label: map.Label },
    ...(machine.TimeoutSeconds !== undefined && { timeoutSeconds: machine.TimeoutSeconds }),
    reader: map.ItemReader.Parameters,
    batchSize: map.ItemBatcher.MaxItemsPerBatch,
    batchInput: map.ItemBatcher.BatchInput,
    maxConcurrency: map.MaxConcurrency,
    toleratedPercent: map.ToleratedFailurePercentage,
    functionArn: task.Parameters.FunctionName,
    retries: task.Retry.map((retry) => ({
      errors: retry.ErrorEquals,
      maxAttempts: retry.MaxAttempts,
      intervalSeconds: retry.IntervalSeconds,
      backoffRate: retry.BackoffRate,
      maxDelaySeconds: retry.MaxDelaySeconds,
      isJittered: retry.JitterStrategy === "FULL",
    })),
    results: map.ResultWriter.Parameters,
  };
};

/** @returns the retrier of an error */
export const retryOf = (error: string, retries: readonly RetryBlueprint[]): RetryBlueprint | undefined =>
  retries.find(({ errors }) => errors.includes(error) || errors.includes(ALL));

/** @throws Error for a definition that the sandbox does not run */
export const stateMachinesOf = (stack: Stack): StateMachineBlueprint[] =>
  rows(stack, "aws_sfn_state_machine").map(stateMachineOf);

/** @throws Error for a path that is not in the input, or is not a plain name */
export const withInput = (given: Parameters, input: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      if (!name.endsWith(".$")) return [name, value];
      const key = /^\$\.(\w+)$/.exec(String(value))?.[1];
      if (key === undefined || !(key in input)) throw expected("a path into the input", name, value);
      return [name.slice(0, -".$".length), input[key]];
    }),
  );
