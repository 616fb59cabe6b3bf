/** Numbers, sizes and times as the page shows them. Times are UTC, as in CloudWatch's sentences. */

const NUMBER = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

const SMALL = new Intl.NumberFormat("en", { maximumSignificantDigits: 2 });

export const grouped = (value: number): string => (Math.abs(value) < 1 ? SMALL : NUMBER).format(value);

export const bytes = (value: number): string => {
  if (value < 1_000) return `${value} B`;
  if (value < 1_000_000) return `${NUMBER.format(value / 1_000)} kB`;
  return `${NUMBER.format(value / 1_000_000)} MB`;
};

export const duration = (ms: number): string => {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${NUMBER.format(ms / 1_000)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
};

const iso = (ms: number): string => new Date(ms).toISOString();

export const clockTime = (ms: number): string => iso(ms).slice(11, 19);

export const exactTime = (ms: number): string => iso(ms).slice(11, 23);

export const dateTime = (ms: number): string => iso(ms).replace("T", " ").slice(0, 19);

export const share = (part: number, whole: number): string =>
  whole === 0 ? "–" : `${NUMBER.format((100 * part) / whole)} %`;

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`;

/** What is in front of the name keeps uploads apart; people know the file by its name. */
export const fileName = (key: string): string => key.slice(key.lastIndexOf("/") + 1) || key;
