/** The dashboard as deployed: the widgets of its JSON, with the local metrics. */
import type { MetricQuery } from "../cloudwatch/metric-queries";
import type { MetricStore } from "../cloudwatch/metric-store";
import type { Blueprint } from "../sandbox/blueprint";
import { runQuery } from "./insights";
import { shortNames } from "./names";
import type { Chart, DashboardView, Line, Series, Widget } from "./protocol";
import { expressionSeries, metricSeries, periodsOf } from "./series";

type Json = Readonly<Record<string, unknown>>;

interface RawWidget {
  readonly type: string;
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly height?: number;
  readonly properties?: Json;
}

interface MetricOptions {
  readonly id?: string;
  readonly label?: string;
  readonly stat?: string;
  readonly period?: number;
  readonly yAxis?: "left" | "right";
  readonly visible?: boolean;
  readonly expression?: string;
}

interface Row extends MetricOptions {
  readonly path: readonly string[];
}

export interface DashboardData {
  readonly blueprint: Blueprint;
  readonly metrics: MetricStore;
  readonly lines: readonly Line[];
  readonly sinceMs: number;
  readonly nowMs: number;
}

/**
 * "." repeats the text above it, "..." everything above it:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
const rowsOf = (metrics: readonly unknown[]): Row[] => {
  let above: readonly string[] = [];
  return metrics.map((entry) => {
    const parts = Array.isArray(entry) ? entry : [];
    const texts = parts.filter((part): part is string => typeof part === "string");
    const options = (parts.find((part) => typeof part === "object" && part !== null) ?? {}) as MetricOptions;
    const own = texts[0] === "..." ? [...above.slice(0, above.length - texts.length + 1), ...texts.slice(1)] : texts;
    const path = own.map((text, i) => (text === "." ? (above[i] ?? "") : text));
    if (path.length > 0) above = path;
    return { path, ...options };
  });
};

const queryOf = ({ path, id, stat, period, label, expression }: Row, index: number, properties: Json): MetricQuery => {
  const own = { id: id ?? `unnamed${index}`, label };
  if (expression !== undefined) return { ...own, expression };
  const [namespace = "", name = "", ...pairs] = path;
  const dimensions: Record<string, string> = {};
  for (let i = 0; i + 1 < pairs.length; i += 2) dimensions[pairs[i] ?? ""] = pairs[i + 1] ?? "";
  const statistic = stat ?? String(properties.stat ?? "Average");
  const periodSeconds = period ?? Number(properties.period ?? 300);
  return { ...own, metric: { namespace, name, dimensions, statistic, periodSeconds } };
};

/** What tells the rows apart: name, statistic and values of dimensions, each only where it is needed. */
const labelsOf = (rows: readonly Row[], queries: readonly MetricQuery[]): string[] => {
  const metrics = queries.flatMap(({ metric }) => metric ?? []);
  const names = new Set(metrics.map(({ name }) => name));
  const statistics = new Set(metrics.map(({ statistic }) => statistic));
  const isUnique = new Set(metrics.map(({ name, statistic }) => `${name} ${statistic}`)).size === metrics.length;
  const isShared = (value: string) =>
    metrics.every(({ dimensions }) => {
      const values = Object.values(dimensions ?? {});
      return values.length === 0 || values.includes(value);
    });
  return queries.map(({ metric, label, expression }, i) => {
    if (label !== undefined) return label;
    if (metric === undefined) return expression ?? "";
    const values = (rows[i]?.path ?? []).slice(2).filter((text, at) => at % 2 === 1 && !isShared(text));
    const more = [...(statistics.size > 1 ? [metric.statistic] : []), ...(isUnique ? [] : values)];
    return (names.size > 1 || more.length === 0 ? [metric.name, ...more] : more).join(" ");
  });
};

/** Charts have one time axis: the shortest period of the widget. Longer ones have a value where a period begins. */
const seriesOf = (
  row: Row,
  queries: readonly MetricQuery[],
  index: number,
  startsMs: readonly number[],
  data: DashboardData,
): Pick<Series, "values" | "problem"> => {
  const query = queries[index];
  if (query === undefined) return { values: [] };
  const { metrics, nowMs } = data;
  const periods = queries.flatMap(({ metric }) => metric?.periodSeconds ?? []);
  const periodSeconds = query.metric?.periodSeconds ?? row.period ?? Math.max(60, ...periods);
  const own = startsMs.filter((startMs) => startMs % (periodSeconds * 1_000) === 0);
  const { values, problem } =
    query.metric !== undefined
      ? { values: metricSeries(metrics, query.metric, own, nowMs), problem: undefined }
      : expressionSeries(
          metrics,
          queries.map((each, i) => ({ ...each, returnData: i === index })),
          periodSeconds,
          own,
          nowMs,
        );
  const byStart = new Map(own.map((startMs, i) => [startMs, values[i] ?? null]));
  return { values: startsMs.map((startMs) => byStart.get(startMs) ?? null), ...(problem && { problem }) };
};

const minOf = (properties: Json, axis: "left" | "right"): { readonly min?: number } =>
  ((properties.yAxis as Json | undefined)?.[axis] ?? {}) as { readonly min?: number };

const chartOf = (properties: Json, data: DashboardData): Chart => {
  const rows = rowsOf((properties.metrics ?? []) as readonly unknown[]);
  const queries = rows.map((row, i) => queryOf(row, i, properties));
  const periods = queries.flatMap(({ metric }) => metric?.periodSeconds ?? []);
  const step = Math.min(...periods, periods.length === 0 ? 300 : Infinity);
  const startsMs = periodsOf(data.sinceMs, data.nowMs, step);
  const labels = labelsOf(rows, queries);
  const horizontal = (((properties.annotations ?? {}) as Json).horizontal ?? []) as readonly {
    readonly label?: string;
    readonly value: number;
    readonly yAxis?: "left" | "right";
  }[];
  const [left, right] = [minOf(properties, "left").min, minOf(properties, "right").min];
  return {
    startsMs,
    series: rows.flatMap((row, i) => {
      const query = queries[i];
      if (row.visible === false || query === undefined) return [];
      return [{ label: labels[i] ?? "", axis: row.yAxis ?? "left", ...seriesOf(row, queries, i, startsMs, data) }];
    }),
    lines: horizontal.map(({ label = "", value, yAxis = "left" }) => ({ label, value, axis: yAxis })),
    ...(left !== undefined && { minLeft: left }),
    ...(right !== undefined && { minRight: right }),
    isStacked: properties.stacked === true,
  };
};

type Drawn = Omit<Widget, "kind" | "title" | "x" | "y" | "width" | "height">;

/** The newest value of each row: over the last period, which may be longer than what this machine has recorded. */
const numbersOf = (properties: Json, data: DashboardData): Drawn => {
  const rows = rowsOf((properties.metrics ?? []) as readonly unknown[]);
  const queries = rows.map((row, i) => queryOf(row, i, properties));
  const labels = labelsOf(rows, queries);
  const periodSeconds = Number(properties.period ?? 300);
  const startsMs = [data.nowMs - 1_000 * periodSeconds];
  const shown = queries.flatMap((query, i) => {
    if (rows[i]?.visible === false) return [];
    const only = queries.map((each, j) => ({ ...each, returnData: i === j }));
    const { values, problem } =
      query.metric === undefined
        ? expressionSeries(data.metrics, only, periodSeconds, startsMs, data.nowMs)
        : { values: metricSeries(data.metrics, query.metric, startsMs, data.nowMs), problem: undefined };
    const [value] = values;
    return [
      { label: labels[i] ?? "", text: problem ?? (value == null ? "no data" : String(Number(value.toFixed(2)))) },
    ];
  });
  return { table: { columns: shown.map(({ label }) => label), rows: [shown.map(({ text }) => text)] } };
};

/** Every kind of widget that is drawn: add a row. */
const KINDS: Readonly<Record<string, (properties: Json, data: DashboardData) => Drawn>> = {
  metric: (properties, data) => {
    const view = String(properties.view ?? "timeSeries");
    if (view === "timeSeries") return { chart: chartOf(properties, data) };
    if (view === "singleValue") return numbersOf(properties, data);
    return { problem: `The view ${view} of metric widgets is not drawn here.` };
  },
  text: ({ markdown }) => ({ markdown: String(markdown ?? "") }),
  alarm: ({ alarms }, { blueprint }) => {
    const { short } = shortNames(blueprint);
    return { alarms: ((alarms ?? []) as readonly string[]).map((arn) => short(arn.split(":alarm:").at(-1) ?? arn)) };
  },
  log: ({ query }, { lines }) => ({ query: String(query ?? ""), ...runQuery(String(query ?? ""), lines) }),
};

const widgetOf = (
  { type, x = 0, y = 0, width = 6, height = 6, properties = {} }: RawWidget,
  data: DashboardData,
): Widget => {
  const draw = KINDS[type];
  return {
    ...{ kind: type, title: String(properties.title ?? ""), x, y, width, height },
    ...(draw?.(properties, data) ?? { problem: `Widgets of the kind ${type} are not drawn here.` }),
  };
};

export const dashboardsOf = (data: DashboardData): DashboardView[] =>
  data.blueprint.dashboards.map(({ name, body }) => ({
    name,
    widgets: ((body as { readonly widgets?: readonly RawWidget[] }).widgets ?? []).map((widget) =>
      widgetOf(widget, data),
    ),
  }));
