/** What an episode deserves, and which pages and tickets are right. */
import { type EpisodeName, rowOf } from "../../../scripts/trials/month/episodes";
import { figuresOf } from "../../../scripts/trials/month/figures";
import { judge } from "../../../scripts/trials/month/judge";
import type { Month, Notified, Played } from "../../../scripts/trials/month/play";
import { drawsFor } from "../../../scripts/trials/month/random";
import { missedTargets } from "../../../scripts/trials/month/targets";

const START = 1_000;
const END = 1_010;
const MINUTES = 4_000;

interface Facts {
  readonly name?: EpisodeName;
  readonly release?: Played["release"];
  /** Minutes after the start in which uploads arrived that were touched, or healed. */
  readonly touched?: readonly number[];
  readonly healed?: readonly number[];
  readonly overdueUntil?: number;
  /** Minutes after the start at which an alarm pages, or a ticket is written. */
  readonly pages?: readonly number[];
  readonly tickets?: readonly number[];
  readonly isPagingUntil?: number;
}

const at = (minutes: readonly number[], isPage: boolean): Notified[] =>
  minutes.map((minute) => ({
    minute: START + minute,
    alarm: isPage ? "page" : "slow",
    to: "ALARM",
    isPage,
    topics: [],
  }));

const monthOf = (facts: Facts): Month => {
  const { name = "s3-503", release, touched = [], healed = [], overdueUntil, pages = [], tickets = [] } = facts;
  const counts = (minutes: readonly number[]) => {
    const all = new Int32Array(MINUTES);
    for (const minute of minutes) all[START + minute] = (all[START + minute] ?? 0) + 1;
    return all;
  };
  const isPaging = new Uint8Array(MINUTES);
  const [first] = pages;
  if (first !== undefined) isPaging.fill(1, START + first, START + (facts.isPagingUntil ?? first + 1));
  const overdue = new Int32Array(MINUTES);
  if (overdueUntil !== undefined) overdue.fill(1, START, START + overdueUntil);
  const course = rowOf(name).course(drawsFor(1), 1_000_000);
  const episode = { name, startMinute: START, endMinute: END, course };
  return {
    seed: 1,
    uploadsPerMonth: 1_000_000,
    minutes: MINUTES,
    episodes: [{ episode, release }],
    notified: [...at(pages, true), ...at(tickets, false)],
    isPaging,
    harm: { touched: counts(touched), healed: counts(healed), overdue },
  };
};

const judged = (facts: Facts) => judge(monthOf(facts));
const verdictOf = (facts: Facts) => judged(facts).verdicts[0];
const figures = (facts: Facts) => figuresOf([judged(facts)]);

describe("an episode", () => {
  // biome-ignore format: a table is read down its columns
  it.each<[string, Facts, string]>([
    ["deserves a page if it touched three uploads",         { touched: [0, 1, 2] },                       "page"],
    ["deserves a ticket if it touched fewer",               { touched: [0, 1] },                          "ticket"],
    ["deserves nothing if it touched none",                 {},                                           "nothing"],
    ["is grey if three failed at first and fewer were touched", { touched: [0], healed: [1, 2] },         "grey"],
    ["deserves a ticket by its row however many it touched", { name: "steady-loss", touched: [0, 1, 2] }, "ticket"],
    ["deserves nothing if its loss touched no upload",      { name: "steady-loss" },                      "nothing"],
    ["deserves a page if it is a bad release that went through", { name: "bad-release", touched: [0, 1, 2], release: { isTakenBack: false, endMinute: END } }, "page"],
    ["deserves a ticket if it is a bad release that was taken back", { name: "bad-release", touched: [0, 1, 2], release: { isTakenBack: true, endMinute: END } }, "ticket"],
    ["deserves nothing if it is a healthy release",         { name: "healthy-release", release: { isTakenBack: false, endMinute: END } }, "nothing"],
  ])("%s", (_what, facts, deserves) => {
    expect(verdictOf(facts)?.deserves).toBe(deserves);
  });

  it("is detected from the third upload touched, and over when no alarm pages any more", () => {
    const verdict = verdictOf({ touched: [0, 2, 4, 6], pages: [7], isPagingUntil: 25 });

    expect(verdict).toMatchObject({ detectionSeconds: 180, resetSeconds: 15 * 60, thirdMinute: START + 4 });
  });

  it("lasts until its backlog is worked off", () => {
    expect(verdictOf({ name: "partial-capacity", touched: [0, 1, 2], overdueUntil: 30 })?.endMinute).toBe(START + 30);
  });
});

describe("a page", () => {
  const TOUCHED = [0, 1, 2];

  it.each<[string, Facts, number]>([
    ["is right during an incident", { touched: TOUCHED, pages: [3] }, 0],
    ["is right until shortly after an incident", { touched: TOUCHED, pages: [30] }, 0],
    ["is false later", { touched: TOUCHED, pages: [31] }, 1],
    ["is false before", { touched: TOUCHED, pages: [-1] }, 1],
    ["is false where a ticket was deserved", { touched: [0], pages: [3] }, 1],
    ["counts for neither side in a grey episode", { touched: [0], healed: [1, 2], pages: [3] }, 0],
  ])("%s", (_what, facts, count) => {
    expect(judged(facts).falsePages).toHaveLength(count);
  });

  it("is missing where an incident has none", () => {
    expect(figures({ touched: TOUCHED })).toMatchObject({ recall: 0, precision: 1, monthsWithoutFault: 0 });
  });

  it("is one too many where an incident has two", () => {
    expect(figures({ touched: TOUCHED, pages: [3, 9] })).toMatchObject({ pagesPerIncident: 2, monthsWithoutFault: 0 });
  });
});

describe("a ticket", () => {
  it.each<[string, Facts, number, number]>([
    ["is right where one was deserved", { name: "creep", tickets: [5] }, 1, 0],
    ["is right beside a page", { touched: [0, 1, 2], tickets: [5] }, 1, 0],
    ["is wrong where nothing happened", { name: "blip", tickets: [5] }, 1, 1],
    ["is missing where one was deserved", { name: "creep" }, 0, 0],
  ])("%s", (_what, facts, ticketRecall, wrongTickets) => {
    expect(figures(facts)).toMatchObject({ ticketRecall, wrongTickets });
  });
});

it("names each target that is missed", () => {
  const missed = missedTargets(1_000_000, figures({ touched: [0, 1, 2], pages: [9, 12, 1_000], isPagingUntil: 40 }));

  expect(missed).toEqual([
    "precision 0.667 instead of 1",
    "2.00 pages an incident instead of 1.02",
    "1.00 false pages a month instead of 0",
    "outage: page after 7 min instead of 5 min",
    "OK after 30 min instead of 15 min",
  ]);
});

it.each([
  [1.004, 0],
  [1.006, 1],
])("compares %f pages an incident with the target of 1 as the table prints them", (pagesPerIncident, count) => {
  const one = figures({ touched: [0, 1, 2], pages: [4], isPagingUntil: 15 });

  expect(missedTargets(30_000_000, { ...one, pagesPerIncident })).toHaveLength(count);
});
