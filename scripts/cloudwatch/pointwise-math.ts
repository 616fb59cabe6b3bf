/**
 * A faster metric math for simulations: expressions whose value in a period depends on the data of that period only, such as
 * `IF(errors >= 3 AND errors / attempts >= 0.2, 1, 0)`. The values are those of `evaluateExpression`.
 */
import { type Expression, OPERATIONS } from "./metric-math";
import type { MetricStatistic } from "./metric-store";

/** Answers the statistic of a metric in the period. */
export type ReadMetric = (metric: MetricStatistic) => number | undefined;

/** Computes the value of one period. */
export type PointwiseValue = (read: ReadMetric) => number | undefined;

interface Compiled {
  /** CloudWatch's S: a number that does not come from data. */
  readonly isScalar: boolean;
  readonly value: PointwiseValue;
}

/** What an id stands for. */
type Lookup = (id: string) => Compiled | undefined;

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

const always = (value: number): Compiled => ({ isScalar: true, value: () => value });

type Binary = Extract<Expression, { readonly kind: "binary" }>;

/** Between two time series a missing value counts as 0; beside a number it stays missing. 0 AND anything needs no second value. */
const binary = ({ operator }: Binary, left: Compiled, right: Compiled): Compiled => {
  const operation = OPERATIONS[operator];
  const isScalar = left.isScalar && right.isScalar;
  const isBothSeries = !left.isScalar && !right.isScalar;
  const value: PointwiseValue = (read) => {
    const one = left.value(read);
    if (one === 0 && operator === "AND" && isBothSeries) return 0;
    const other = right.value(read);
    if (isScalar) return operation(one ?? Number.NaN, other ?? Number.NaN);
    if (isBothSeries ? one === undefined && other === undefined : one === undefined || other === undefined)
      return undefined;
    return finite(operation(one ?? 0, other ?? 0));
  };
  return { isScalar, value };
};

const conditional = (when: Compiled, yes: Compiled, no: Compiled | undefined): Compiled => ({
  isScalar: false,
  value: (read) => {
    const is = when.value(read);
    if (is === undefined) return undefined;
    return is === 0 ? no?.value(read) : (yes.value(read) ?? 0);
  },
});

const filled = (series: Compiled, second: Compiled): Compiled => ({
  isScalar: false,
  value: (read) => {
    const value = series.value(read);
    if (value !== undefined) return value;
    const other = second.value(read);
    return other === undefined ? undefined : finite(other);
  },
});

const compileCall = (name: string, args: readonly (Compiled | undefined)[]): Compiled | undefined => {
  const [first, second, third] = args;
  if (args.includes(undefined) || first === undefined || second === undefined || first.isScalar) return undefined;
  if (name === "IF") return conditional(first, second, third);
  return name === "FILL" ? filled(first, second) : undefined;
};

/** @returns undefined for an expression that needs more than one period, or that is left to `evaluateExpression` */
export const compilePointwise = (expression: Expression, lookup: Lookup): Compiled | undefined => {
  switch (expression.kind) {
    case "number":
      return always(expression.value);
    case "id":
      return lookup(expression.id);
    case "binary": {
      const left = compilePointwise(expression.left, lookup);
      const right = compilePointwise(expression.right, lookup);
      return left && right && binary(expression, left, right);
    }
    case "call":
      return compileCall(
        expression.name,
        expression.args.map((argument) => compilePointwise(argument, lookup)),
      );
    default:
      return undefined;
  }
};

export const pointwiseMetric = (metric: MetricStatistic): Compiled => ({
  isScalar: false,
  value: (read) => read(metric),
});
