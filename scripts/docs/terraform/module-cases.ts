/** Values to try a module with: every switch in every position at least once. */
import type { Input } from "../../../modules/inputs/inputs";
import type { Positions, Raw } from "./model";
import { sampleOf } from "./samples";
import type { Synthesized } from "./synthesis";

/** One set of values for a module. */
export interface Case {
  readonly name: string;
  readonly positions: Positions;
  /** A value of every input. */
  readonly values: Readonly<Record<string, Raw>>;
}

/** @returns the value of an input in a position, without references */
const valueAt = ({ module, valueAt: known }: Synthesized, name: string, input: Input, at: number): Raw => {
  const isEach = name === "policy_documents" || module.each?.some((each) => each.input === name);
  const value = known(name, at);
  return value === undefined || (isEach && at === 0) ? sampleOf(name, input) : value;
};

/** @returns the wanted positions; without those that the class refuses together with the ones before */
const allowed = ({ at }: Synthesized, wanted: Positions): Positions => {
  if (at(wanted) !== undefined) return wanted;
  const chosen: Record<string, number> = {};
  for (const [name, position] of Object.entries(wanted))
    if (at({ ...chosen, [name]: position }) !== undefined) chosen[name] = position;
  return chosen;
};

const numbered = (positions: Positions, at: number): Positions =>
  Object.fromEntries(Object.entries(positions).map(([name, count]) => [name, at % count]));

/** Everything on, everything off, and everything on with each other value of the choices. */
const wantedBy = ({ positions, choices }: Synthesized): Readonly<Record<string, Positions>> => {
  const counts = choices.map((name) => [name, positions[name] ?? 1] as const);
  const others = Array.from({ length: Math.max(1, ...counts.map(([, count]) => count)) - 1 }, (_, at) => [
    `other_choices_${at + 1}`,
    numbered(Object.fromEntries(counts), at + 1),
  ]);
  const hasSwitches = Object.values(positions).some((count) => count > 1);
  return {
    everything_on: {},
    ...(hasSwitches && { everything_off: numbered(positions, 1) }),
    ...Object.fromEntries(others),
  };
};

/** @returns values of all inputs for positions of the switches */
export const valuesAt = (
  synthesized: Synthesized,
  inputs: readonly string[],
  positions: Positions,
): Readonly<Record<string, Raw>> =>
  Object.fromEntries(
    inputs.map((name) => [
      name,
      valueAt(synthesized, name, synthesized.module.inputs[name] as Input, positions[name] ?? 0),
    ]),
  );

/** @param inputs the inputs that are variables of the module */
export const casesOf = (synthesized: Synthesized, inputs: readonly string[]): Case[] =>
  Object.entries(wantedBy(synthesized)).map(([name, wanted]) => {
    const positions = allowed(synthesized, wanted);
    return { name, positions, values: valuesAt(synthesized, inputs, positions) };
  });
