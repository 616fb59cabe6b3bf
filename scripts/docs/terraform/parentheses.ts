/** Removes the parentheses that CDKTF writes around each operation. */

/** @returns the index of the closing parenthesis of each opening one; parentheses of texts do not count */
const pairsOf = (code: string): Map<number, number> => {
  const pairs = new Map<number, number>();
  const open: number[] = [];
  const modes = ["code"];
  for (let at = 0; at < code.length; at += 1) {
    const character = code[at];
    if (modes.at(-1) === "text") {
      if (character === "\\") at += 1;
      else if (character === '"') modes.pop();
      else if (code.startsWith("${", at)) modes.push("code");
    } else if (character === '"') modes.push("text");
    else if (character === "{" && code[at - 1] !== "$") modes.push("code");
    else if (character === "}") modes.pop();
    else if (character === "(") open.push(at);
    else if (character === ")") pairs.set(open.pop() ?? -1, at);
  }
  return pairs;
};

/** @returns the code without parentheses around a whole argument or condition */
export const withoutParentheses = (code: string): string => {
  for (const [from, to] of pairsOf(code)) {
    const before = code.slice(0, from);
    const after = code.slice(to + 1);
    const isCall = /\w$/.test(before);
    if (!isCall && /(^|\(|, |\? |: |\$\{)$/.test(before) && /^($|\)|,| \?| :|\})/.test(after))
      return withoutParentheses(`${before}${code.slice(from + 1, to)}${after}`);
  }
  return code;
};
