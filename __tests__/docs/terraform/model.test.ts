/** The switches of the plain Terraform modules: each combination means what the class makes of it. */
import { withoutTracesAndWarnings } from "../../../main";
import { evaluated, type Positions } from "../../../scripts/docs/terraform/model";
import { PLAIN_MODULES } from "../../../scripts/docs/terraform/modules";
import { type PlainModule, type Synthesized, synthesizeModule } from "../../../scripts/docs/terraform/synthesis";
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

const SEEDS = Array.from({ length: isLong ? 10 : 2 }, (_, seed) => seed);

const positionsFrom = (seed: number, { positions }: Synthesized): Positions => {
  const random = seededRandom(seed);
  return Object.fromEntries(Object.entries(positions).map(([name, count]) => [name, Math.floor(random(name) * count)]));
};

describe("a plain module", () => {
  it.each(Object.entries<PlainModule>(PLAIN_MODULES))(
    "%s has what its class makes, with any variables switched on",
    (_, module) => {
      withoutTracesAndWarnings(() => {
        const synthesized = synthesizeModule(module);
        for (const seed of SEEDS) {
          const positions = positionsFrom(seed, synthesized);
          const made = synthesized.at(positions);
          if (made !== undefined)
            expect(compared(withValues(evaluated(synthesized.root, positions), synthesized, positions))).toEqual(
              compared(made),
            );
        }
      });
    },
  );
});
