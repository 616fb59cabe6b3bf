/** The episodes of a month. */
import { scheduleOf } from "../../../scripts/trials/month/episodes";

it("gives a month every kind of episode, at most one a day", () => {
  const schedule = scheduleOf(1, 1_000_000);
  const starts = schedule.map(({ startMinute }) => startMinute);

  expect(new Set(starts.map((minute) => Math.floor(minute / 1_440))).size).toBe(schedule.length);
  expect(new Set(schedule.map(({ name }) => name)).size).toBe(20);
});
