/** A stack as comparable text: every argument of every resource, as Terraform JSON or a template states it. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { TYPES } from "../../scripts/cloudformation/types";
import { readBlueprint } from "../../scripts/sandbox/blueprint";
import { readStack } from "../../scripts/sandbox/read-stack";
import type { Synthesized } from "../modules/synthesized";

/** Arguments that CloudFormation has no property for, or that are compared elsewhere. */
const LEFT_OUT = [
  // CloudFormation makes one itself.
  "statement_id",
  // What Terraform does when it destroys or creates, which is no setting of the resource.
  ...["force_destroy", "endpoint_auto_confirms", "depends_on", "provider", "//"],
  // The name itself is compared.
  "bucket_prefix",
  // AWS makes this ARN of random letters, so that the reader of Terraform JSON does not know it.
  "code_signing_config_arn",
  // The contents of the file are compared.
  "source_code_hash",
];

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Texts with JSON in them are compared as JSON, a block as a list with one block, numbers as texts. */
const canonical = (value: unknown): unknown => {
  if (Array.isArray(value))
    return value.length === 1 && isObject(value[0]) ? canonical(value[0]) : value.map(canonical);
  if (isObject(value)) {
    const { create_before_destroy: _, ...rest } = value;
    const entries = Object.entries(rest).filter(([, each]) => each !== undefined);
    return Object.fromEntries(entries.map(([key, each]) => [key, canonical(each)] as const).sort());
  }
  if (typeof value === "string" && /^[{[]/.test(value)) {
    try {
      return canonical(JSON.parse(value));
    } catch {
      return value;
    }
  }
  return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
};

const text = (value: unknown): string => {
  const canon = canonical(value);
  return JSON.stringify(canon, (_, each) => (each instanceof Map ? [...each] : each));
};

/** The arguments of each type that the Terraform stack has. */
export type Arguments = Readonly<Record<string, readonly string[]>>;

export const argumentsOf = ({ resource }: Synthesized): Arguments =>
  Object.fromEntries(
    Object.keys(TYPES).map((type) => {
      const names = Object.values(resource[type] ?? {}).flatMap((block) => Object.keys(block));
      return [
        type,
        [...new Set([...names, ...(type === "aws_s3_bucket" ? ["bucket"] : [])])].filter(
          (each) => !LEFT_OUT.includes(each),
        ),
      ];
    }),
  );

const fileOf = (folder: string, name: unknown): unknown =>
  typeof name === "string" ? readFileSync(resolve(folder, name), "base64") : name;

/** @returns a line for each resource, by Terraform type */
export const resourcesOf = (folder: string, given: Arguments): Record<string, string[]> => {
  const stack = readStack(folder);
  return Object.fromEntries(
    Object.entries(given).map(([type, names]) => [
      type,
      stack
        .resources(type, names)
        // What exists already is no resource of a template.
        .filter(({ address }) => !address.startsWith("data."))
        .map(({ body: { filename, lifecycle, ...body } }) => {
          const kept = canonical(lifecycle ?? {}) as object;
          return text({ ...body, ...(Object.keys(kept).length > 0 && { lifecycle }), file: fileOf(folder, filename) });
        })
        .sort(),
    ]),
  );
};

/** @returns the sandbox's blueprint, with the order of resources and the paths of zips left out */
export const blueprintOf = (folder: string): Record<string, string | string[]> => {
  const plain = (value: unknown) =>
    text(
      isObject(value) && "packageFile" in value ? { ...value, packageFile: fileOf(folder, value.packageFile) } : value,
    );
  return Object.fromEntries(
    Object.entries(readBlueprint(folder)).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(plain).sort() : plain(value instanceof Map ? [...value] : value),
    ]),
  );
};
