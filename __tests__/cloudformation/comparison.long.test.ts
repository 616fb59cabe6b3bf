/** The reader that compares templates with Terraform JSON sees every value of a template. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { devWith } from "../modules/synthesized";
import { ALL_ON } from "./all-on";
import { type Arguments, argumentsOf, resourcesOf } from "./described";
import { written } from "./written";

const CODE_SIGNING = `
  code_signing_profile_version_arn = "arn:aws:signer:us-east-1:123456789012:/signing-profiles/images/abcdefghij"
`;

type Path = readonly (string | number)[];

const leavesOf = (value: unknown, path: Path = []): Path[] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, each]) =>
        leavesOf(each, [...path, Array.isArray(value) ? Number(key) : key]),
      )
    : [path];

const other = (value: unknown): unknown => {
  if (typeof value === "number") return value + 1;
  return typeof value === "boolean" ? !value : `${value}x`;
};

const changed = (value: unknown, [key, ...rest]: Path): unknown => {
  if (key === undefined) return other(value);
  if (Array.isArray(value)) return value.map((each, index) => (index === key ? changed(each, rest) : each));
  const object = value as Record<string, unknown>;
  return { ...object, [key]: changed(object[key as string], rest) };
};

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

/** The first resource of each type and set of properties, because others differ in values only. */
const examplesOf = (resources: Readonly<Record<string, Resource>>): string[] => {
  const kinds = new Map<string, string>();
  for (const [id, { Type, Properties }] of Object.entries(resources))
    kinds.set([Type, ...Object.keys(Properties).sort()].join(), id);
  return [...kinds.values()];
};

/** Same for all resources, and tested as such. */
const isTag = (path: Path): boolean => path.some((key) => key === "Tags" || key === "ResourceTags");

describe("the comparison", () => {
  const said = (folder: string, given: Arguments): string => {
    try {
      return JSON.stringify(resourcesOf(folder, given));
    } catch (error) {
      return (error as Error).message;
    }
  };

  it("notices a change of any value in the properties of a template", async () => {
    const { stack, folder } = written(await devWith(`${ALL_ON}${CODE_SIGNING}`));
    const given = argumentsOf(stack);
    const before = said(folder, given);
    const file = join(folder, "template.json");
    const template = JSON.parse(readFileSync(file, "utf8")) as { Resources: Record<string, Resource> };
    const paths = examplesOf(template.Resources).flatMap((id) =>
      leavesOf(template.Resources[id]?.Properties).map((path): Path => ["Resources", id, "Properties", ...path]),
    );

    const unnoticed = paths
      .filter((path) => !isTag(path))
      .filter((path) => {
        writeFileSync(file, JSON.stringify(changed(template, path)));
        return said(folder, given) === before;
      });

    expect(paths.length).toBeGreaterThan(600);
    expect(unnoticed.map((path) => path.join("."))).toEqual([]);
  });
});
