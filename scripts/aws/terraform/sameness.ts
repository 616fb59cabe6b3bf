/** Plans CDKTF's stacks and the plain root module side by side, and compares every attribute of every resource. */
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { stackFor } from "../../build/stack-for";
import { PROJECT } from "../../build/stacks";
import { temporaryFolder } from "../../terminal/processes";
import type { Clients } from "../clients";
import { flatAddress } from "./plain-addresses";
import { plainValues } from "./plain-variables";
import { EXISTING, type Variant } from "./plain-variants";
import type { Plan, ResourceChange } from "./plan";
import { withProvider } from "./provider-server";
import { isolatedEnv, terraform } from "./working-copy";

/** Attributes that differ on purpose, by resource type. Add a row, and say why. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  // The path of the zip: CDKTF copies it into the stack's folder.
  aws_lambda_function: ["filename"],
};

/** One provider serves all variants, so it adds no tags; they are compared as outputs. */
const OF_PROVIDER = ["tags_all", "tags", "region"];

const PLACEHOLDER = join(PROJECT, "package.json");

const MAIN = {
  terraform: { required_providers: { aws: { source: "hashicorp/aws" } } },
  provider: {
    aws: [{ region: "us-east-1", s3_use_path_style: true, skip_metadata_api_check: "true" }],
  },
};

/** Copies `terraform/` without its provider settings. */
const copyPlain = async (folder: string): Promise<void> => {
  const plain = join(folder, "plain");
  await cp(join(PROJECT, "terraform"), plain, {
    recursive: true,
    filter: (path) => !/\.terraform|\.tfstate|examples|tests/.test(path),
  });
  const provider = await readFile(join(plain, "provider.tf"), "utf8");
  await writeFile(
    join(plain, "provider.tf"),
    `${provider.slice(provider.indexOf("locals {"))}\noutput "tags" {\n  value = local.tags\n}\n`,
  );
  const versions = await readFile(join(plain, "versions.tf"), "utf8");
  await writeFile(
    join(plain, "versions.tf"),
    versions.replace(/(source\s+= .*)/, "$1\n      configuration_aliases = [aws.chat]"),
  );
};

/** Copies a synthesized stack without backend and provider settings. */
const copyStack = async (folder: string, { name, environment }: Variant): Promise<void> => {
  const target = join(folder, `stack_${name}`);
  const source = stackFor(environment);
  await cp(source, target, { recursive: true });
  // A path in a module is relative to the root's folder.
  await cp(join(source, "assets"), join(folder, "assets"), { recursive: true });
  const stack = JSON.parse(await readFile(join(target, "cdk.tf.json"), "utf8"));
  const tags = stack.provider.aws[0].default_tags[0].tags;
  const { required_providers } = stack.terraform;
  delete stack.provider;
  stack.terraform = { required_providers };
  stack.output = { ...stack.output, tags: { value: tags } };
  for (const blocks of Object.values(stack.resource) as Record<string, { provider?: string }>[])
    for (const block of Object.values(blocks)) delete block.provider;
  await writeFile(join(target, "cdk.tf.json"), JSON.stringify(stack));
};

/** One module alone in both forms. */
export interface ModulePair {
  readonly name: string;
  /** Folder in `terraform/modules`. */
  readonly module: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** The class with these values, as the contents of a `.tf.json` file. */
  readonly stack: object;
}

const writeModule = async (folder: string, { name, stack }: ModulePair): Promise<void> => {
  const target = join(folder, `stack_${name}`);
  await mkdir(target);
  await writeFile(join(target, "cdk.tf.json"), JSON.stringify(stack));
};

const pairCalls = (pairs: readonly ModulePair[]) =>
  Object.fromEntries(
    pairs.flatMap(({ name, module, values }) => [
      [`stack_${name}`, { source: `./stack_${name}` }],
      [`plain_${name}`, { source: `./plain/modules/${module}`, ...escaped(values) }],
    ]),
  );

/** @returns all outputs of each module that is called */
const outputsOf = (calls: object) =>
  Object.fromEntries(Object.keys(calls).map((name) => [name, { value: `\${module.${name}}`, sensitive: true }]));

/** A text of a JSON configuration is a template. */
const escaped = (values: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  JSON.parse(JSON.stringify(values).replaceAll("${", "$${"));

const callsOf = (variants: readonly Variant[]) =>
  Object.fromEntries(
    variants.flatMap(({ name, environment }) => [
      [`stack_${name}`, { source: `./stack_${name}` }],
      [
        `plain_${name}`,
        {
          source: "./plain",
          providers: { aws: "aws", "aws.chat": "aws" },
          ...plainValues(environment, PLACEHOLDER),
        },
      ],
    ]),
  );

/** The order of keys in a JSON document has no meaning. */
const decoded = (value: unknown): unknown => {
  if (typeof value !== "string" || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
};

type Attributes = Readonly<Record<string, unknown>>;

/** What a plan says of a resource: its values, and true for each that is known only after the apply. */
const attributesOf = ({ type, change: { after, after_unknown } }: ResourceChange): Attributes => {
  const skipped = [...OF_PROVIDER, ...(EXCEPTIONS[type] ?? [])];
  const rows = { ...after, ...(after_unknown as Attributes) };
  return Object.fromEntries(
    Object.entries(rows)
      .filter(([name]) => !skipped.includes(name))
      .map(
        ([name, value]) =>
          [name, [decoded(after?.[name]), (after_unknown as Attributes)?.[name] ?? value === true]] as const,
      )
      .map(([name, [value, unknown]]) => [name, [value ?? null, unknownParts(unknown)]]),
  );
};

/** @returns what differs between the outputs of both forms; the plain form may have more */
const outputDifferences = (name: string, { output_changes = {} }: Plan): string[] => {
  const partsOf = (form: string) => {
    const { after, after_unknown } = output_changes[`${form}_${name}`] ?? {};
    return { after: (after ?? {}) as Attributes, unknown: (after_unknown ?? {}) as Attributes };
  };
  const [mine, theirs] = [partsOf("stack"), partsOf("plain")];
  return Object.keys({ ...mine.after, ...mine.unknown }).flatMap((output) => {
    const [one, other] = [mine, theirs].map(({ after, unknown }) => [
      deeplyDecoded(after[output]),
      unknownParts(unknown[output]),
    ]);
    if (isDeepStrictEqual(one, other)) return [];
    return [`${name}: output ${output}: Expected ${JSON.stringify(one)} but got ${JSON.stringify(other)}`];
  });
};

/** The order of names has no meaning, and a number in a map becomes a text where a module takes a map of texts. */
const deeplyDecoded = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(decoded).sort();
  if (typeof value !== "object" || value === null) return decoded(value);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, decoded(textOfNumber(each))]));
};

const textOfNumber = (value: unknown): unknown => (typeof value === "number" ? String(value) : value);

/** Terraform writes `{}` or `{ a = false }` where everything is known. */
const unknownParts = (unknown: unknown): unknown => (JSON.stringify(unknown)?.includes("true") ? unknown : false);

/** Compares one variant. */
const compare = (name: string, plan: Plan): { resources: number; attributes: number; differences: string[] } => {
  const managed = (plan.resource_changes ?? []).filter(({ mode }) => mode === "managed");
  const ofModule = (prefix: string) =>
    managed
      .filter(({ address }) => address.startsWith(`module.${prefix}_${name}.`))
      .map((change) => ({ change, address: change.address.slice(`module.${prefix}_${name}.`.length) }));
  const stack = new Map(ofModule("stack").map(({ change, address }) => [address, change]));
  const plain = new Map(ofModule("plain").map(({ change, address }) => [flatAddress(address) ?? address, change]));
  const missing = [...stack.keys()]
    .filter((address) => !plain.has(address))
    .map((address) => `${name}: ${address} is missing in plain Terraform`);
  const extra = [...plain]
    .filter(([address]) => !stack.has(address))
    .map(([, { address }]) => `${name}: ${address} is not in the stack`);
  let attributes = 0;
  const different = [...stack].flatMap(([address, change]) => {
    const other = plain.get(address);
    if (other === undefined) return [];
    const [mine, theirs] = [attributesOf(change), attributesOf(other)];
    return Object.keys({ ...mine, ...theirs }).flatMap((attribute) => {
      attributes += 1;
      if (isDeepStrictEqual(mine[attribute], theirs[attribute])) return [];
      return [
        `${name}: ${address}: Expected ${JSON.stringify(mine[attribute])} for ${attribute} but got ${JSON.stringify(theirs[attribute])}`,
      ];
    });
  });
  return { resources: stack.size, attributes, differences: [...missing, ...extra, ...different] };
};

export interface Sameness {
  readonly resources: number;
  readonly attributes: number;
  readonly differences: readonly string[];
}

/** More variants take one plan too long. */
const PLANNED_TOGETHER = 12;

const comparedTogether = async (
  variants: readonly Variant[],
  pairs: readonly ModulePair[],
  endpoint: string,
): Promise<Sameness> => {
  const folder = temporaryFolder();
  await copyPlain(folder);
  for (const variant of variants) await copyStack(folder, variant);
  for (const pair of pairs) await writeModule(folder, pair);
  const module = { ...callsOf(variants), ...pairCalls(pairs) };
  const configuration = { ...MAIN, module, output: outputsOf(module) };
  await writeFile(join(folder, "main.tf.json"), JSON.stringify(configuration));
  const place = { name: "both forms", folder, env: await isolatedEnv(temporaryFolder(), endpoint) };
  await terraform(place, ["init", "-input=false", "-no-color"], 300);
  const served = await withProvider(place);
  await terraform(served, ["plan", "-input=false", "-no-color", "-out=plan", "-lock=false"], 600);
  const { stdout } = await terraform(served, ["show", "-json", "plan"], 300);
  await served.stop();
  const plan = JSON.parse(stdout) as Plan;
  const results = [...variants, ...pairs].map(({ name }) => compare(name, plan));
  return {
    resources: results.reduce((sum, { resources }) => sum + resources, 0),
    attributes: results.reduce((sum, { attributes }) => sum + attributes, 0),
    differences: [
      ...results.flatMap(({ differences }) => differences),
      ...[...variants, ...pairs].flatMap(({ name }) => outputDifferences(name, plan)),
    ],
  };
};

/**
 * @param pairs modules to compare alone
 * @param endpoint of an emulator that has the resources of EXISTING
 * @returns how much is the same, and what is not
 */
export const sameness = async (
  variants: readonly Variant[],
  pairs: readonly ModulePair[],
  endpoint: string,
): Promise<Sameness> => {
  const results: Sameness[] = [];
  for (let at = 0; at < variants.length; at += PLANNED_TOGETHER)
    results.push(await comparedTogether(variants.slice(at, at + PLANNED_TOGETHER), at === 0 ? pairs : [], endpoint));
  return {
    resources: results.reduce((sum, { resources }) => sum + resources, 0),
    attributes: results.reduce((sum, { attributes }) => sum + attributes, 0),
    differences: results.flatMap(({ differences }) => differences),
  };
};

/** Creates the resources that variants refer to as existing. */
export const createExisting = async ({ s3, logs }: Pick<Clients, "s3" | "logs">): Promise<void> => {
  for (const Bucket of [EXISTING.uploads, EXISTING.variants]) await s3.send(new CreateBucketCommand({ Bucket }));
  await logs.send(new CreateLogGroupCommand({ logGroupName: EXISTING.logGroup }));
};
