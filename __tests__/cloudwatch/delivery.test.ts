/** The delays of each channel. */
import { CHANNELS, type ChannelName, DELIVERIES, type Delay, visibleAt } from "../../scripts/cloudwatch/delivery";

const NOON = Date.UTC(2026, 10, 23, 12, 0, 0);
const names = Object.keys(CHANNELS) as ChannelName[];

it.each(names)("%s has a source, and delays that grow from typical to worst", (name) => {
  const { source, sent, typical, worst } = CHANNELS[name];
  expect(source).toMatch(/assumed|https:|page/);
  expect(sent).not.toBe("");
  const ascending = ([shortest, longest]: Delay) => shortest > 0 && shortest <= longest;
  expect([typical, worst].every(ascending)).toBe(true);
  expect([worst[0] >= typical[0], worst[1] >= typical[1]]).toEqual([true, true]);
});

it("counts from the end of the minute in which the datum was sent", () => {
  const after = [0, 59_999, 60_000].map((sentMs) => visibleAt("lambdaMetric", NOON + sentMs, "typical") - NOON);
  expect(after).toEqual([240_000, 240_000, 300_000]);
});

it("takes the longest delay, or the share of it that is asked for", () => {
  const seconds = DELIVERIES.map((delivery) =>
    [0, 0.5, 1, undefined].map((share) => (visibleAt("idleQueueMetric", NOON, delivery, share) - NOON) / 1000 - 60),
  );
  expect(seconds).toEqual([
    [60, 480, 900, 900],
    [900, 900, 900, 900],
  ]);
});
