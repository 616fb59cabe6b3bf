/** One chart: series over time, with lines for thresholds. */
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Chart } from "../protocol";
import { clockTime, grouped } from "./format";

/** Colours of series: set in the style sheet, one set for light and one for dark. */
const SERIES_COLOURS = 8;

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const seriesColour = (index: number): string => colour(`--series-${(index % SERIES_COLOURS) + 1}`);

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

const scaleOf = ({ series, lines }: Chart, axis: "left" | "right", min: number | undefined) => {
  const values = series
    .filter((each) => each.axis === axis)
    .flatMap((each) => each.values.filter((value) => value !== null));
  const limits = lines.filter((line) => line.axis === axis).map(({ value }) => value);
  const high = Math.max(0, ...values, ...limits);
  const low = min ?? Math.min(0, ...values);
  return { range: (): [number, number] => [low, high === low ? low + 1 : high + (high - low) * 0.08] };
};

const drawLines =
  ({ lines }: Chart) =>
  (plot: uPlot) => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.strokeStyle = colour("--threshold");
    ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.lineWidth = devicePixelRatio;
    for (const { value, axis } of lines) {
      const y = plot.valToPos(value, axis, true);
      if (y < bbox.top || y > bbox.top + bbox.height) continue;
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
    }
    ctx.restore();
  };

/** From the first period to the last, also where there are no values; one period alone gets a minute on each side. */
const timeRange = ({ startsMs }: Chart): [number, number] => {
  const [first = 0, last = 0] = [startsMs[0], startsMs.at(-1)].map((ms = 0) => ms / 1_000);
  return first === last ? [first - 60, last + 60] : [first, last];
};

const optionsOf = (chart: Chart, width: number, height: number): uPlot.Options => {
  const hasRight = [...chart.series, ...chart.lines].some(({ axis }) => axis === "right");
  const stroke = colour("--muted");
  const grid = { stroke: colour("--line"), width: 1 };
  const valueAxis = {
    stroke,
    grid,
    ticks: grid,
    size: 48,
    values: (_: uPlot, ticks: number[]) => ticks.map((tick) => compact.format(tick)),
  };
  return {
    width,
    height,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), "UTC"),
    scales: {
      x: { time: true, range: timeRange(chart) },
      left: scaleOf(chart, "left", chart.minLeft),
      right: scaleOf(chart, "right", chart.minRight),
    },
    axes: [
      {
        stroke,
        grid,
        ticks: grid,
        size: 32,
        space: 72,
        values: (_, ticks) => ticks.map((tick) => clockTime(tick * 1_000).slice(0, 5)),
      },
      { ...valueAxis, scale: "left" },
      ...(hasRight ? [{ ...valueAxis, scale: "right", side: 1 as const, grid: { show: false } }] : []),
    ],
    series: [
      {},
      ...chart.series.map(({ label, axis }, i) => ({
        label,
        scale: axis,
        stroke: seriesColour(i),
        width: 1.5,
        spanGaps: false,
        points: { show: true, size: 5, fill: seriesColour(i) },
      })),
    ],
    hooks: { draw: [drawLines(chart)] },
  };
};

const lastOf = (values: readonly (number | null)[]): number | undefined =>
  values.findLast((value) => value !== null) ?? undefined;

/** The legend is text, and says the newest values to people who do not see the lines. */
const Legend = ({ chart }: { readonly chart: Chart }) => (
  <ul class="legend">
    {chart.series.map(({ label, values, problem }, i) => (
      <li key={label} title={problem}>
        <span class={`swatch s${(i % SERIES_COLOURS) + 1}`} />
        {label}{" "}
        <strong class="number">
          {problem === undefined ? (lastOf(values) === undefined ? "–" : grouped(lastOf(values) ?? 0)) : "not drawn"}
        </strong>
      </li>
    ))}
    {chart.lines.map(({ label, value }) => (
      <li key={label + value}>
        <span class="swatch threshold" />
        {label} {label.includes(String(value)) ? "" : grouped(value)}
      </li>
    ))}
  </ul>
);

/** As high and as wide as its place, which the style sheet decides. */
export const ChartView = ({ chart, title }: { readonly chart: Chart; readonly title: string }) => {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const data = [
      chart.startsMs.map((ms) => ms / 1_000),
      ...chart.series.map(({ values }) => values as (number | null)[]),
    ] as uPlot.AlignedData;
    let plot: uPlot | undefined;
    const draw = () => {
      plot?.destroy();
      plot = new uPlot(optionsOf(chart, element.clientWidth, element.clientHeight), data, element);
    };
    draw();
    const observer = new ResizeObserver(() => {
      if (element.clientWidth !== plot?.width || element.clientHeight !== plot.height) draw();
    });
    observer.observe(element);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", draw);
    return () => {
      observer.disconnect();
      scheme.removeEventListener("change", draw);
      plot?.destroy();
    };
  }, [chart]);
  return (
    <figure class="chart">
      <div ref={place} class="plot" role="img" aria-label={`Chart: ${title}`} />
      <figcaption>
        <Legend chart={chart} />
      </figcaption>
    </figure>
  );
};
