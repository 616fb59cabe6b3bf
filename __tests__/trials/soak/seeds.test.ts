/** What the seed of a soak decides: its uploads and its faults. */
import { seededRandom } from "../../../scripts/trials/seeded-random";
import { episodesOf } from "../../../scripts/trials/soak/episodes";
import { createFaultPicker, FAULTS } from "../../../scripts/trials/soak/faults";

describe("a seed", () => {
  const call = { caller: "FUNCTION", action: "s3:PutObject", key: "soak/00001_webp_12345678.webp" };
  const faultsMet = (seed: number) => {
    const faultOf = createFaultPicker(seededRandom(seed), "webp");
    return Array.from({ length: 1_000 }, (_, i) => faultOf({ ...call, key: `soak/${i}_png_1.png` }));
  };

  it("repeats its faults, and another seed gives others", () => {
    expect(faultsMet(1)).toEqual(faultsMet(1));
    expect(faultsMet(1)).not.toEqual(faultsMet(2));
  });

  it("brings the same uploads again, as many as are wanted", async () => {
    const [one, two] = [await episodesOf(seededRandom(1), 25), await episodesOf(seededRandom(1), 25)];

    expect(one).toEqual(two);
    expect(one.flatMap(({ pictures }) => pictures)).toHaveLength(25);
  });

  it("injects faults into the function's calls only, and PUT faults into PUT calls only", () => {
    const faultOf = createFaultPicker(seededRandom(1), "webp");
    const names = new Set(faultsMet(3).flatMap((name) => name ?? []));

    expect(Array.from({ length: 1_000 }, () => faultOf({ ...call, caller: "anonymous" })).filter(Boolean)).toEqual([]);
    for (const name of names) expect(FAULTS[name].of).toContain("PUT");
  });
});
