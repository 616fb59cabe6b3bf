/** A stack and its template are one stack to the drill; a changed stack is another. */
import { readBlueprint } from "../../../scripts/sandbox/blueprint";
import { blueprintKey } from "../../../scripts/trials/drill/same-blueprint";
import { written } from "../../cloudformation/written";
import { committed } from "../../modules/synthesized";

describe("the key of a blueprint", () => {
  it("is the same for a stack and its template", async () => {
    const { stack, folder } = written(await committed("prod"));

    expect(blueprintKey(readBlueprint(folder))).toBe(blueprintKey(readBlueprint(stack.folder)));
  });

  it("is another for another setting of the function, threshold or rule of CORS", async () => {
    const { stack } = written(await committed("dev"));
    const blueprint = readBlueprint(stack.folder);
    const { function: fn, alarms } = blueprint;

    const keys = [
      blueprint,
      { ...blueprint, function: { ...fn, timeoutSeconds: fn.timeoutSeconds + 1 } },
      { ...blueprint, alarms: alarms.map((alarm) => ({ ...alarm, threshold: alarm.threshold + 1 })) },
      { ...blueprint, bucketCors: new Map([["a-bucket", []]]) },
    ].map(blueprintKey);

    expect(new Set(keys).size).toBe(keys.length);
  });
});
