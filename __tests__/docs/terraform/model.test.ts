/** The switches of the plain Terraform modules: each combination means what the class makes of it. */
import { withoutTracesAndWarnings } from "../../../main";
import { evaluated, type Positions } from "../../../scripts/docs/terraform/model";
import { PLAIN_MODULES } from "../../../scripts/docs/terraform/modules";
import type { PlainModule } from "../../../scripts/docs/terraform/plain-module";
import { type Synthesized, synthesizeModule } from "../../../scripts/docs/terraform/synthesis";
import { seededRandom } from "../../../scripts/trials/seeded-random";
import { isLong } from "../../setup/long";

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

const SEEDS = Array.from({ length: isLong ? 20 : 2 }, (_, seed) => seed);

const randomPositions = (seed: number, { positions }: Synthesized): Positions => {
  const random = seededRandom(seed);
  return Object.fromEntries(Object.entries(positions).map(([name, count]) => [name, Math.floor(random(name) * count)]));
};

/** Every switch alone in each of its positions, every choice with every other switch, and many switches at once. */
const positionsOf = (synthesized: Synthesized): Positions[] => {
  const { positions, choices } = synthesized;
  const moves = Object.entries(positions).flatMap(([name, count]) =>
    Array.from({ length: count - 1 }, (_, at): [string, number] => [name, at + 1]),
  );
  const ofChoices = moves.filter(([name]) => choices.includes(name));
  return [
    {},
    ...moves.map((move) => Object.fromEntries([move])),
    ...ofChoices.flatMap((choice) => moves.map((move) => Object.fromEntries([choice, move]))),
    ...SEEDS.map((seed) => randomPositions(seed, synthesized)),
  ];
};

describe("a plain module", () => {
  it.each(Object.entries<PlainModule>(PLAIN_MODULES))(
    "%s has what its class makes, with any variables switched on",
    (_, module) => {
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
    },
  );
});
