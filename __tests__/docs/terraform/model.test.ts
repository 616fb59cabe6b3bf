/** Each switch of the plain Terraform modules means what the class makes of it. */
import { compareModules, singlePositions } from "./compare-modules";

describe("a plain module, with any variable switched on", () => {
  compareModules((synthesized) => [{}, ...singlePositions(synthesized)]);
});
