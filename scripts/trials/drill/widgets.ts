/** The metrics on dashboards: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */

import type { Dimensions } from "../../cloudwatch/metric-store";
import type { Blueprint } from "../../sandbox/blueprint";

/** A metric with its exact dimensions. */
export interface Address {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
}

/** @returns a unique text for a metric */
export const keyOf = ({ namespace, name, dimensions }: Address): string =>
  [
    namespace,
    name,
    ...Object.entries(dimensions)
      .map((pair) => pair.join("="))
      .sort(),
  ].join(" ");

interface Body {
  readonly widgets: readonly {
    readonly properties: { readonly region?: string; readonly metrics?: readonly (readonly unknown[])[] };
  }[];
}

/** @returns the metrics that the widgets of the stack's own region name in full, without expressions */
export const widgetMetrics = ({ dashboards, region }: Blueprint): Address[] =>
  dashboards
    .flatMap(({ body }) => (body as Body).widgets)
    .filter(({ properties }) => (properties.region ?? region) === region)
    .flatMap(({ properties }) => properties.metrics ?? [])
    .map((row) => row.filter((item): item is string => typeof item === "string"))
    .flatMap(([namespace, name, ...pairs]) => {
      if (namespace === undefined || name === undefined) return [];
      const names = pairs.filter((_, i) => i % 2 === 0);
      return [
        { namespace, name, dimensions: Object.fromEntries(names.map((key, i) => [key, pairs[2 * i + 1] ?? ""])) },
      ];
    });
