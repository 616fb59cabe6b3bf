/** Reads a short text token by token; errors name the column. */

export interface Cursor {
  /** Skips blanks, then reads the text that the sticky expression matches. @returns undefined if it matches nothing */
  readonly take: (token: RegExp) => string | undefined;
  /** As `take`. @throws Error `Expected <called> at column <n> of <kind> <text>` if it matches nothing */
  readonly need: (token: RegExp, called: string) => string;
  /** @throws Error always, at the next token, or at the given offset from the start of the text */
  readonly fail: (expected: string, offset?: number) => never;
  /** Offset of the next token from the start of the text. */
  readonly offset: () => number;
}

const BLANKS = /\s*/y;

/**
 * @param text to read
 * @param kind name of the text in errors: "pattern", "expression"
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
