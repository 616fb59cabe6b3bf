/** Whether two blueprints describe the same stack: as Terraform JSON and as a template. */
import type { Blueprint } from "../../sandbox/blueprint";

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Without the paths of packages, and with keys in one order. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (key, each: unknown) => {
    if (key === "packageFile") return undefined;
    if (each instanceof Map) return [...each];
    return isObject(each)
      ? Object.fromEntries(Object.entries(each).sort(([one], [other]) => (one < other ? -1 : 1)))
      : each;
  });

/** The order of resources has no meaning. @returns the same text for blueprints of the same stack */
export const blueprintKey = (blueprint: Blueprint): string =>
  textOf(
    Object.fromEntries(
      Object.entries(blueprint).map(([name, value]) => [name, Array.isArray(value) ? value.map(textOf).sort() : value]),
    ),
  );
