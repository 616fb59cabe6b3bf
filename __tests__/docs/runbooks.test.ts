/** Runbooks: every number, command, variable and alarm in them is right for the environment. */
import type { Command } from "commander";
import { alarmNames, allAlarms, type RunbookName } from "../../modules/alarm-rows";
import { duration, factsOf } from "../../modules/runbook-facts";
import { RUNBOOKS } from "../../modules/runbooks";
import { type Environment, VARIABLES } from "../../modules/variables";
import { scripts } from "../../package.json";
import { commandOf } from "../../scripts/docs/commands";
import { PLACEHOLDERS, runbookPages } from "../../scripts/docs/runbooks";
import { committed, devWith } from "../modules/synthesized";

const BUCKETS = { upload: "acme-in", processed: "acme-out" };

/** dev with these lines, and the committed environments: together they reach both sides of each condition. */
const ENVIRONMENTS: Readonly<Record<string, () => Promise<Environment>>> = {
  dev: () => committed("dev"),
  staging: () => committed("staging"),
  prod: () => committed("prod"),
  "dev with a queue and no alarms on events": () =>
    devWith("enable_dead_letter_queue = true\nlambda_retry_attempts = 0"),
  "dev with an alias and odd numbers": () =>
    devWith(`
      enable_release_alias            = true
      enable_async_alarms             = true
      enable_memory_alarm             = true
      reserved_concurrent_executions  = 7
      concurrent_executions_threshold = 6
      lambda_retry_attempts           = 1
      lambda_max_event_age_seconds    = 901
      event_age_threshold_ms          = 61000
      lambda_timeout                  = 59
    `),
};

/** @returns the sentences of all runbooks of the environment, by alarm */
const sentencesOf = (environment: Environment): Record<string, string[]> => {
  const facts = factsOf(environment, BUCKETS);
  const own = new Set(alarmNames(environment));
  return Object.fromEntries(
    allAlarms(environment)
      .filter(({ name, runbook }) => own.has(name) && runbook === undefined)
      .map(({ name }) => {
        const { impact, causes, fix, afterwards = [] } = RUNBOOKS[name as RunbookName](facts);
        return [name, [impact, ...causes, ...fix, ...afterwards]];
      }),
  );
};

const codeIn = (sentence: string): string[] => [...sentence.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);

/** Numbers that depend on no variable, in their sentences. */
const CONSTANTS = [
  "S3",
  "1769 MB is one full vCPU",
  "concurrency of the function to 0",
  "If the concurrency is 0",
  "wait in the dead-letter queue, for 14 days",
  "up to 15 minutes late",
  "Step Functions allows that for 14 days",
];

/** @returns what is wrong with a command in a runbook, or undefined */
const problemOf = async (script: string, rest: string, environment: Environment): Promise<string | undefined> => {
  const shell = (scripts as Readonly<Record<string, string>>)[script];
  const command = shell === undefined ? undefined : await commandOf(shell);
  if (command === undefined) return "there is no such command";
  const words = rest.split(" ").filter((word) => word !== "");
  const options = words.filter((word) => word.startsWith("--"));
  const unknown = options.find((word) => !command.options.some(({ long }) => long === word));
  if (unknown !== undefined) return `there is no option ${unknown}`;
  const values = words.filter((_, index) => takesValue(command, words[index - 1]));
  const given = words.filter((word) => !word.startsWith("--") && !values.includes(word));
  const required = command.registeredArguments.filter((each) => each.required).length;
  if (given.length < required || given.length > command.registeredArguments.length)
    return `it has ${given.length} arguments`;
  const stack = script === "drill" ? values[options.indexOf("--env")] : given[0];
  return stack === environment.environment ? undefined : `it is about ${stack}`;
};

const takesValue = (command: Command, option: string | undefined): boolean =>
  command.options.some(({ long, required, optional }) => long === option && (required || optional));

/** Commands of the AWS CLI in runbooks. To add one, try it first, and add a row. */
const AWS_COMMANDS = [
  /^aws s3 cp photo\.jpg s3:\/\/acme-in\/$/,
  /^aws s3 cp s3:\/\/acme-in\/<key> s3:\/\/acme-in\/<key> --metadata-directive REPLACE$/,
  /^aws lambda delete-function-concurrency --function-name image-processor-\w+-processor$/,
];

describe.each(Object.keys(ENVIRONMENTS))("the runbooks of %s", (name) => {
  let environment: Environment;
  let sentences: Record<string, string[]>;

  beforeAll(async () => {
    environment = (await ENVIRONMENTS[name]?.()) as Environment;
    sentences = sentencesOf(environment);
  });

  const all = () => Object.values(sentences).flat();

  it("give each variable the value that it has", () => {
    const values: Readonly<Record<string, unknown>> = environment;

    const wrong = all().flatMap((sentence) => {
      const stated = [...sentence.matchAll(/`(\w+)` \(([\d.]+)/g)];
      return stated.filter(([, variable = "", value]) => String(values[variable]) !== value).map(([text]) => text);
    });

    expect(wrong).toEqual([]);
  });

  it("have no number that is not a variable's or a constant of AWS", () => {
    const { lambda_max_event_age_seconds, event_age_threshold_ms, lambda_timeout, lambda_retry_attempts } = environment;
    const derived = [
      `${duration(lambda_max_event_age_seconds)} (\`lambda_max_event_age_seconds\`)`,
      `${duration(lambda_timeout)} (\`lambda_timeout\`)`,
      `fires after ${duration(event_age_threshold_ms / 1000)}`,
      `${lambda_retry_attempts} times (\`lambda_retry_attempts\`)`,
    ];

    const left = all().map((sentence) =>
      [...CONSTANTS, ...derived]
        .reduce((text, known) => text.replaceAll(known, ""), sentence)
        .replaceAll(/`\w+` \([\d.]+[^)]*\)/g, "")
        .replaceAll(/`[^`]*`/g, ""),
    );

    expect(left.filter((text) => /\d/.test(text))).toEqual([]);
  });

  it("say what the drill does for each alarm that there can be", () => {
    const pages = [...runbookPages(environment, BUCKETS, "all").values()];

    const causes = pages.map((page) => /^- Locally: .* \((.+)\)$/m.exec(page)?.[1] ?? "undefined");
    expect(causes).not.toContain("undefined");
  });

  it("name variables that exist", () => {
    const names = all()
      .flatMap(codeIn)
      .filter((code) => /^[a-z0-9]+(_[a-z0-9]+)+$/.test(code));

    expect(names.filter((variable) => !(variable in VARIABLES))).toEqual([]);
  });

  it("name alarms that the environment has", () => {
    const known = new Set<string>(allAlarms(environment).map((alarm) => alarm.name));

    const mentioned = all()
      .flatMap(codeIn)
      .filter((code) => known.has(code));

    expect(mentioned.length).toBeGreaterThan(5);
    expect(mentioned.filter((alarm) => !alarmNames(environment).includes(alarm))).toEqual([]);
  });

  it("use commands, arguments and options that exist, for this environment", async () => {
    const pages = [...runbookPages(environment, BUCKETS, "own").values()].join("\n");
    const commands = [...pages.matchAll(/npm run ([\w:-]+)(?: -- ([^`\n]*))?/g)];

    const problems = await Promise.all(
      commands.map(async ([line, script = "", rest = ""]) => {
        const problem = await problemOf(script, rest, environment);
        return problem === undefined ? [] : [`${line}: ${problem}`];
      }),
    );

    expect(commands.length).toBeGreaterThan(20);
    expect(problems.flat()).toEqual([]);
  });

  it("use commands of the AWS CLI that are known to do what they say", () => {
    const pages = [...runbookPages(environment, BUCKETS, "own").values()].join("\n");
    const commands = [...pages.matchAll(/`(aws [^`]+)`/g)].map(([, command = ""]) => command);

    const unknown = commands.filter((command) => !AWS_COMMANDS.some((known) => known.test(command)));

    expect(commands.length).toBeGreaterThan(0);
    expect(unknown).toEqual([]);
  });

  it("redrive where there is a queue, and copy uploads over themselves where there is none", () => {
    const copies = Object.keys(sentences).filter((alarm) => sentences[alarm]?.join().includes("--metadata-directive"));
    const redrives = Object.keys(sentences).filter((alarm) => sentences[alarm]?.join().includes("npm run redrive"));

    if (environment.enable_dead_letter_queue) expect(copies).toEqual(["dead-letter-errors"]);
    else expect(redrives).toEqual([]);
  });

  it("roll back a release where there is an alias, and release after each change", () => {
    const text = all().join("\n");

    expect(text.includes("--rollback")).toBe(environment.enable_release_alias);
    expect(text.includes("check out the previous commit")).toBe(!environment.enable_release_alias);
    const changes = all().filter((sentence) => /^(If .*)?[Rr]aise .*lambda_/.test(sentence));
    expect(changes.length).toBeGreaterThan(0);
    for (const change of changes) expect(change.includes("npm run release")).toBe(environment.enable_release_alias);
  });
});

describe("runbooks", () => {
  it("are written for the alarms of the environment, with its bucket names", async () => {
    const environment = await devWith("enable_no_invocation_alarm = true");

    const pages = runbookPages(environment, BUCKETS, "own");

    const own = alarmNames(environment).map((name) => `${name}.md`);
    expect([...pages.keys()].sort()).toEqual(own.sort());
    expect(pages.get("no-invocations.md")).toContain("`aws s3 cp photo.jpg s3://acme-in/`");
  });

  it("are written for every alarm there can be in docs/runbooks", async () => {
    const environment = await committed("prod");
    const pages = runbookPages(environment, PLACEHOLDERS, "all");

    const names = allAlarms(environment).map(({ name, runbook = name }) => `${runbook}.md`);
    expect([...pages.keys()].sort()).toEqual([...new Set(names)].sort());
  });
});
