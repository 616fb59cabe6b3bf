/** Which definitions the sandbox runs, and how it refuses others. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readStack } from "../../scripts/sandbox/read-stack";
import { stateMachinesOf, withInput } from "../../scripts/sandbox/state-machine";
import { devWith, one, synthesized } from "../modules/synthesized";

const folder = mkdtempSync(join(tmpdir(), "state-machine-test-"));

afterAll(() => rmSync(folder, { recursive: true }));

type Node = { [name: string]: Node } & { States: { Backfill: Node } };

let definition: string;

beforeAll(async () => {
  const stack = synthesized(await devWith("enable_backfill = true"));
  definition = String(one(stack, "aws_sfn_state_machine").definition).replaceAll("${", "(");
});

const read = (change: (machine: Node, map: Node) => void, type = "STANDARD") => {
  const machine = JSON.parse(definition) as Node;
  change(machine, machine.States.Backfill);
  const state_machine = { name: "backfill", type, definition: JSON.stringify(machine) };
  const stack = {
    provider: { aws: [{ region: "eu-west-1" }] },
    resource: { aws_sfn_state_machine: { state_machine } },
  };
  writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(stack));
  return stateMachinesOf(readStack(folder));
};

const set = (node: object | undefined, name: string, value: unknown) => Object.assign(node ?? {}, { [name]: value });

const retriersOf = (map: Node) =>
  (map.ItemProcessor?.States as Node | undefined)?.Process?.Retry as unknown as object[];

describe("the state machine of a stack", () => {
  it("is read from its definition", () => {
    expect(read(() => {})).toMatchObject([
      {
        ...{ name: "backfill", arn: "arn:aws:states:eu-west-1:000000000000:stateMachine:backfill" },
        ...{ label: "batches", batchSize: 10, maxConcurrency: 10, toleratedPercent: 5, timeoutSeconds: 259_200 },
        retries: [
          { errors: expect.arrayContaining(["Lambda.TooManyRequestsException"]), maxAttempts: 8, maxDelaySeconds: 15 },
          {
            ...{ errors: ["States.ALL"], maxAttempts: 2, intervalSeconds: 5, backoffRate: 2 },
            ...{ maxDelaySeconds: 10, isJittered: true },
          },
        ],
      },
    ]);
  });

  it.each<[string, (machine: Node, map: Node) => void, string]>([
    [
      "a field",
      (_, map) => set(map, "ItemSelector", {}),
      'a field that the sandbox runs for state machine backfill.States.Backfill but got "ItemSelector"',
    ],
    [
      "a field of the reader",
      (_, map) => set(map.ItemReader?.ReaderConfig, "MaxItems", 3),
      'a field that the sandbox runs for state machine backfill.States.Backfill.ItemReader.ReaderConfig but got "MaxItems"',
    ],
    [
      "a value",
      (_, map) => set(map.ItemReader?.ReaderConfig, "InputType", "CSV"),
      'state machine backfill.States.Backfill.ItemReader.ReaderConfig.InputType but got "CSV"',
    ],
    [
      "an error of Step Functions",
      (_, map) => set(retriersOf(map)[0], "ErrorEquals", ["States.Timeout"]),
      'Process.Retry.0.ErrorEquals.0 but got "States.Timeout"',
    ],
    [
      "a retrier after one of every error",
      (_, map) => retriersOf(map).reverse(),
      "state machine backfill.States.Backfill.ItemProcessor.States.Process.Retry but got [",
    ],
    [
      "another state",
      (machine) => set(machine.States, "Notify", machine.States.Backfill),
      'one state, Backfill for state machine backfill but got ["Backfill","Notify"]',
    ],
  ])("refuses %s that it does not run, by its name", (_, change, message) => {
    expect(() => read(change)).toThrow(message);
  });

  it("refuses an Express workflow", () => {
    expect(() => read(() => {}, "EXPRESS")).toThrow(
      'Expected STANDARD for the type of state machine backfill but got "EXPRESS"',
    );
  });
});

describe("parameters", () => {
  it("are taken from the input where their names end with .$", () => {
    expect(withInput({ Bucket: "b", "Key.$": "$.manifest" }, { manifest: "m" })).toEqual({ Bucket: "b", Key: "m" });
  });

  it.each(["$.nothing", "$$.Execution.Id", "$.manifest.key"])("refuse the path %s", (path) => {
    expect(() => withInput({ "Key.$": path }, { manifest: "m" })).toThrow(
      `Expected a path into the input for Key.$ but got "${path}"`,
    );
  });
});
