/** Arithmetic with numbers that may be references, such as Terraform variables. JavaScript's operators are silently wrong on those. */
import { Fn, Op, Token } from "cdktf";

/** CDKTF writes a reference to a number as a huge one, and examines any other number slowly. */
const isOrdinary = (value: unknown): boolean => typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER;

/** Whether a value is known to Terraform only. */
export const isReference = (...values: readonly unknown[]): boolean =>
  values.some((value) => !isOrdinary(value) && Token.isUnresolved(value));

/** Whether a number is above 0. A reference stands for a number that is. */
export const isSet = (value: number): boolean => isReference(value) || value > 0;

export const add = (one: number, other: number): number =>
  isReference(one, other) ? Token.asNumber(Op.add(one, other)) : one + other;

export const subtract = (one: number, other: number): number =>
  isReference(one, other) ? Token.asNumber(Op.sub(one, other)) : one - other;

export const multiply = (one: number, other: number): number =>
  isReference(one, other) ? Token.asNumber(Op.mul(one, other)) : one * other;

export const divide = (one: number, other: number): number =>
  isReference(one, other) ? Token.asNumber(Op.div(one, other)) : one / other;

export const roundUp = (value: number): number =>
  isReference(value) ? Token.asNumber(Fn.ceil(value)) : Math.ceil(value);

export const roundDown = (value: number): number =>
  isReference(value) ? Token.asNumber(Fn.floor(value)) : Math.floor(value);

export const smallest = (...values: number[]): number =>
  isReference(...values) ? Token.asNumber(Fn.min(values)) : Math.min(...values);

export const largest = (...values: number[]): number =>
  isReference(...values) ? Token.asNumber(Fn.max(values)) : Math.max(...values);

/** @returns the number as part of a text. A reference in a template literal would lose a full stop or a minus sign next to it */
export const digits = (value: number | string): string =>
  typeof value === "number" && isReference(value) ? Token.asString(value) : `${value}`;

/** @returns `then` where both numbers are equal, `otherwise` elsewhere */
export const ifEqual = (one: number, other: number, then: string, otherwise: string): string => {
  if (isReference(one, other)) return Token.asString(Fn.conditional(Op.eq(one, other), then, otherwise));
  return one === other ? then : otherwise;
};

/** @returns `then` where the number is not above the other, `otherwise` elsewhere */
export const ifAtMost = (one: number, other: number, then: string, otherwise: string): string => {
  if (isReference(one, other)) return Token.asString(Fn.conditional(Op.lte(one, other), then, otherwise));
  return one <= other ? then : otherwise;
};

/** @returns `then` where both texts are equal, `otherwise` elsewhere */
export const ifSame = (one: string, other: string, then: string, otherwise: string): string => {
  if (isReference(one, other)) return Token.asString(Fn.conditional(Op.eq(one, other), then, otherwise));
  return one === other ? then : otherwise;
};

/** @returns the part of a text after the last colon, such as the name in the ARN of a topic */
export const lastPart = (text: string): string =>
  isReference(text) ? Token.asString(Fn.element(Fn.reverse(Fn.split(":", text)), 0)) : (text.split(":").at(-1) ?? "");

/**
 * @param table the values for 1, 2, 3 …
 * @param candidates for references: formulas in the functions of this file
 * @returns the first formula that agrees with the whole table
 * @throws Error if none agrees
 */
export const formulaFor = (
  table: readonly number[],
  candidates: readonly ((value: number) => number)[],
): ((value: number) => number) => {
  const formula = candidates.find((candidate) => table.every((known, index) => candidate(index + 1) === known));
  if (formula === undefined) throw new Error("Expected a formula that agrees with the known numbers but got none");
  return formula;
};
