/** The switches of the plain Terraform modules, also several at once, mean what the class makes of them. */
import { compareModules, LARGE, randomPositions, singlePositions } from "./compare-modules";

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);

describe("a large plain module, with any variable switched on", () => {
  compareModules(
    (synthesized) => [{}, ...singlePositions(synthesized)],
    (name) => LARGE.includes(name),
  );
});

describe("a plain module, with each choice and any variable switched on", () => {
  compareModules((synthesized) => {
    const singles = singlePositions(synthesized);
    const choices = singles.filter((position) => synthesized.choices.some((name) => name in position));
    return choices.flatMap((choice) => singles.map((single) => ({ ...choice, ...single })));
  });
});

describe("a plain module, with many variables switched on", () => {
  compareModules((synthesized) => SEEDS.map((seed) => randomPositions(seed, synthesized)));
});
