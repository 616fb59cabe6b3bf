/** Each switch of the plain Terraform modules means what the class makes of it. `model.long.test.ts` tries the others. */
import { compareModules, LARGE, singlePositions } from "./compare-modules";

describe("a plain module, with any variable switched on", () => {
  compareModules(
    (synthesized) => [{}, ...singlePositions(synthesized)],
    (name) => !LARGE.includes(name),
  );
});
