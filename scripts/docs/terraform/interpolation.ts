/** Reads `${…}` in the texts that CDKTF writes. */

/** A piece of a text: literal, or the code between `${` and `}`. */
export interface Piece {
  readonly code?: string;
  readonly literal?: string;
}

/** @returns the index after the `}` that closes the `${` at `from` */
const endOf = (text: string, from: number): number => {
  let depth = 0;
  let isQuoted = false;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (isQuoted) {
      if (character === "\\") at += 1;
      else if (text.startsWith("${", at)) at = endOf(text, at) - 1;
      else if (character === '"') isQuoted = false;
    } else if (character === '"') isQuoted = true;
    else if (character === "{") depth += 1;
    else if (character === "}") {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  throw new Error(`Expected a closing brace in ${text} but got none`);
};

/** @returns the pieces of a text, in order */
export const piecesOf = (text: string): Piece[] => {
  const pieces: Piece[] = [];
  let literal = "";
  for (let at = 0; at < text.length; ) {
    if (!text.startsWith("${", at) || text[at - 1] === "$") {
      literal += text[at];
      at += 1;
      continue;
    }
    const end = endOf(text, at);
    if (literal !== "") pieces.push({ literal });
    literal = "";
    pieces.push({ code: text.slice(at + 2, end - 1) });
    at = end;
  }
  if (literal !== "") pieces.push({ literal });
  return pieces;
};

const PLACEHOLDER = /\uE000(\d+)\uE001/g;

/**
 * @returns the JSON document in a text, with references as texts; undefined where the text is no document
 */
export const documentOf = (text: string): unknown => {
  if (!/^\s*[[{]/.test(text)) return undefined;
  const codes: string[] = [];
  let isQuoted = false;
  const quotable = piecesOf(text).map(({ code, literal = "" }) => {
    if (code === undefined) {
      for (const [mark] of literal.matchAll(/\\.|"/g)) if (mark === '"') isQuoted = !isQuoted;
      return literal;
    }
    codes.push(code);
    const placeholder = `\uE000${codes.length - 1}\uE001`;
    return isQuoted ? placeholder : `"${placeholder}"`;
  });
  const revived = (_: string, value: unknown) =>
    typeof value === "string" ? value.replaceAll(PLACEHOLDER, (__, index) => `\${${codes[Number(index)]}}`) : value;
  try {
    const document: unknown = JSON.parse(quotable.join(""), revived);
    return typeof document === "object" ? document : undefined;
  } catch {
    return undefined;
  }
};
