/** Draws plots as SVG, without a browser: the same data give the same bytes. */
import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

/** A line of the plot. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Draws a dashed line without points. @default points joined by a line */
  readonly isFitted?: boolean;
}

export interface Plot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
  /** Scale of the horizontal axis. @default linear */
  readonly xScale?: "linear" | "log";
  /** Scale of the vertical axis. @default linear */
  readonly yScale?: "linear" | "log";
}

/** Okabe and Ito's palette, which people with colour blindness can distinguish. */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];

/** @returns an SVG with a white background; the plot is 640 x 400 px, without the legend */
export const plot = async ({ title, x, y, series, xScale = "linear", yScale = "linear" }: Plot): Promise<string> => {
  const names = series.map(({ name }) => name);
  const rowsOf = (isWanted: (each: Series) => boolean) =>
    series.filter(isWanted).flatMap(({ name, points }) => points.map(([at, value]) => ({ name, at, value })));
  const encoding = {
    x: { field: "at", type: "quantitative", title: x, scale: { type: xScale } },
    y: { field: "value", type: "quantitative", title: y, scale: { type: yScale } },
    color: { field: "name", type: "nominal", title: null, scale: { domain: names, range: COLOURS }, sort: null },
  } as const;
  const spec: TopLevelSpec = {
    title,
    width: 640,
    height: 400,
    background: "white",
    config: {
      font: "sans-serif",
      axis: { labelFontSize: 12, titleFontSize: 13 },
      legend: { labelFontSize: 12, labelLimit: 0 },
    },
    layer: [
      {
        data: { values: rowsOf(({ isFitted }) => isFitted !== true) },
        mark: { type: "line", point: { size: 50 }, strokeWidth: 1.5 },
        encoding,
      },
      {
        data: { values: rowsOf(({ isFitted }) => isFitted === true) },
        mark: { type: "line", strokeDash: [6, 4], strokeWidth: 2 },
        encoding,
      },
    ],
  };
  return new View(parse(compile(spec).spec), { renderer: "none" }).toSVG();
};
