/** The rows of an alarm's metric math: metrics, and expressions over the ids of other rows. */
import { cursorOver } from "./cursor";
import { type Expression, evaluateExpression, idsOf, parseExpression } from "./metric-math";
import type { Series } from "./metric-math-values";
import type { MetricStatistic } from "./metric-store";
import { compilePointwise, type PointwiseValue, pointwiseMetric } from "./pointwise-math";

/** One row of an alarm's metric math: a metric, or an expression over the ids of other rows. */
export interface MetricQuery {
  readonly id: string;
  readonly metric?: MetricStatistic;
  readonly expression?: string;
  /** True for the one row that is compared with the threshold. @default false */
  readonly returnData?: boolean;
  readonly label?: string;
}

/** Computes the watched series, oldest first, from those of the metrics. */
export interface QuerySeries {
  (startsMs: readonly number[], fetch: Fetch): Series;
  /** The value of one period. @default it depends on other periods, too */
  readonly at?: PointwiseValue;
}

type Fetch = (metric: MetricStatistic) => Series;

interface Row extends MetricQuery {
  /** @default the row is a metric */
  readonly parsed?: Expression;
}

const parsedRows = (rows: readonly MetricQuery[]): Row[] =>
  rows.map((row) => (row.metric === undefined ? { ...row, parsed: parseExpression(row.expression ?? "") } : row));

/** Refuses unknown ids and cycles. */
const validateIds = (rows: readonly Row[], row: Row, above: readonly string[]): void => {
  for (const { id, offset } of row.parsed === undefined ? [] : idsOf(row.parsed)) {
    const other = rows.find((candidate) => candidate.id === id);
    if (other === undefined || [...above, row.id].includes(id)) {
      cursorOver(row.expression ?? "", "expression").fail(
        "the id of another query that does not need this one",
        offset,
      );
    } else validateIds(rows, other, [...above, row.id]);
  }
};

const returnedRow = (alarm: string, rows: readonly Row[]): Row => {
  const returned = rows.filter(({ returnData }) => returnData);
  const [row] = returned;
  if (row !== undefined && returned.length === 1) return row;
  const ids = returned.map(({ id }) => id);
  throw new Error(`Expected exactly one query for returnData of alarm ${alarm} but got ${JSON.stringify(ids)}`);
};

/**
 * @param alarm its name, for errors
 * @throws Error `Expected … of alarm …`, and the errors of metric math
 */
export const querySeries = (alarm: string, queries: readonly MetricQuery[], periodSeconds: number): QuerySeries => {
  const rows = parsedRows(queries);
  const returned = returnedRow(alarm, rows);
  validateIds(rows, returned, []);
  const metricIds = rows.filter(({ metric }) => metric !== undefined).map(({ id }) => id);
  const compute = ({ id, metric, parsed }: Row, startsMs: readonly number[], fetch: Fetch): Series => {
    if (metric !== undefined) return fetch(metric);
    if (parsed === undefined) return [];
    const value = evaluateExpression(parsed, {
      startsMs,
      periodSeconds,
      metricIds,
      lookup: (other) => {
        const row = rows.find((candidate) => candidate.id === other);
        return row === undefined ? [] : compute(row, startsMs, fetch);
      },
    });
    if (value.kind === "TS") return value.series;
    const got = value.kind === "S" ? value.value : "an array";
    throw new Error(`Expected a time series for expression ${id} of alarm ${alarm} but got ${JSON.stringify(got)}`);
  };
  const pointwise = ({ metric, parsed }: Row): ReturnType<typeof compilePointwise> => {
    if (metric !== undefined) return pointwiseMetric(metric);
    return parsed && compilePointwise(parsed, (id) => pointwise(rows.find((row) => row.id === id) as Row));
  };
  const whole = (startsMs: readonly number[], fetch: Fetch) => compute(returned, startsMs, fetch);
  return Object.assign(whole, { at: pointwise(returned)?.value });
};
