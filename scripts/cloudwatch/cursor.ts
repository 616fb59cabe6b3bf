/** Reads a short text token by token, and says at which column something else was expected. */

export interface Cursor {
  /** Skips blanks, then takes what the sticky expression matches there. @returns undefined where it matches nothing */
  readonly take: (token: RegExp) => string | undefined;
  /** As `take`. @throws Error `Expected <called> at column <n> of <kind> <text>` where it matches nothing */
  readonly need: (token: RegExp, called: string) => string;
  /** @throws Error always, at the next token, or at the given offset from the start of the text */
  readonly fail: (expected: string, offset?: number) => never;
  /** Offset of the next token from the start of the text. */
  readonly offset: () => number;
}

const BLANKS = /\s*/y;

/**
 * @param text what is read
 * @param kind what the text is called in errors: "pattern", "expression"
 */
export const cursorOver = (text: string, kind: string): Cursor => {
  let position = 0;
  const takeHere = (token: RegExp): string | undefined => {
    token.lastIndex = position;
    const found = token.exec(text)?.[0];
    position += found?.length ?? 0;
    return found;
  };
  const offset = (): number => {
    takeHere(BLANKS);
    return position;
  };
  const take = (token: RegExp): string | undefined => {
    offset();
    return takeHere(token);
  };
  const fail = (expected: string, at = offset()): never => {
    throw new Error(`Expected ${expected} at column ${at + 1} of ${kind} ${text.replaceAll(/\s/g, " ")}`);
  };
  return { take, offset, fail, need: (token, called) => take(token) ?? fail(called) };
};
