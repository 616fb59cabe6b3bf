/** Compares the plain Terraform modules with their classes, at positions of their switches. */
import { withoutTracesAndWarnings } from "../../../main";
import { evaluated, type Positions } from "../../../scripts/docs/terraform/model";
import { PLAIN_MODULES } from "../../../scripts/docs/terraform/modules";
import type { PlainModule } from "../../../scripts/docs/terraform/plain-module";
import { type Synthesized, synthesizeModule } from "../../../scripts/docs/terraform/synthesis";
import { seededRandom } from "../../../scripts/trials/seeded-random";

/** @returns the model's data with the values of inputs instead of references to them */
const withValues = (raw: unknown, { positions, valueAt }: Synthesized, given: Positions): unknown =>
  JSON.parse(
    JSON.stringify(raw, (_, value) => {
      if (typeof value !== "string") return value;
      let text = value;
      for (const name of Object.keys(positions)) {
        const known = valueAt(name, given[name] ?? 0);
        if (known === undefined) continue;
        if (text === `\${var.${name}}`) return known;
        if (typeof known === "string") text = text.replaceAll(`\${var.${name}}`, known);
      }
      return text;
    }),
  );

/** Data sources of every account are always read, and depends_on lists what may be missing. */
const compared = (raw: unknown): unknown =>
  JSON.parse(
    JSON.stringify(raw, (key, value) => {
      if (key === "depends_on") return undefined;
      return /^aws_(caller_identity|region|partition)\./.test(key) ? undefined : value;
    }),
  );

/** Positions that are random, but the same for the same seed. */
export const randomPositions = (seed: number, { positions }: Synthesized): Positions => {
  const random = seededRandom(seed);
  return Object.fromEntries(Object.entries(positions).map(([name, count]) => [name, Math.floor(random(name) * count)]));
};

/** Each switch alone, in each of its positions. */
export const singlePositions = ({ positions }: Synthesized): Positions[] =>
  Object.entries(positions).flatMap(([name, count]) =>
    Array.from({ length: count - 1 }, (_, at) => ({ [name]: at + 1 })),
  );

/** These have most switches, so that their synthesis takes most of the time. */
export const LARGE: readonly string[] = ["cloudwatch_alarms", "cloudwatch_metrics"];

/** Tests for each module that its model means what its class makes, at some positions. @param wanted @default all modules */
export const compareModules = (
  positionsOf: (synthesized: Synthesized) => readonly Positions[],
  wanted: (name: string) => boolean = () => true,
): void => {
  const modules = Object.entries<PlainModule>(PLAIN_MODULES).filter(([name]) => wanted(name));
  it.each(modules)("%s has what its class makes", (_, module) => {
    withoutTracesAndWarnings(() => {
      const synthesized = synthesizeModule(module);
      for (const positions of positionsOf(synthesized)) {
        const made = synthesized.at(positions);
        expect({ positions, isRefused: synthesized.isRefused(positions) }).toEqual({
          positions,
          isRefused: made === undefined,
        });
        const modelled = withValues(evaluated(synthesized.root, positions), synthesized, positions);
        if (made !== undefined)
          expect({ positions, made: compared(modelled) }).toEqual({ positions, made: compared(made) });
      }
    });
  });
};
