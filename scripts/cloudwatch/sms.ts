/**
 * Splits the text of an SMS into messages.
 *
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: a message holds 160 GSM or 70 UCS-2 characters; longer texts
 * are split between words; at most 1600 characters in all. Assumed: the blank at a split is dropped, and a word longer than
 * a message is split.
 */

const GSM = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\[~\]|€]*$/;

/** Each counts as two characters: an escape and the character. */
const GSM_EXTENSION = /[\^{}\\[~\]|€]/g;

const MAX_CHARACTERS = 1600;

const lengthOf = (text: string, isGsm: boolean) => text.length + (isGsm ? (text.match(GSM_EXTENSION)?.length ?? 0) : 0);

/** The longest beginning that fits, up to the end of its last whole word if it has one. */
const beginning = (text: string, limit: number, isGsm: boolean): string => {
  const characters = [...text];
  const fits = (count: number) => lengthOf(characters.slice(0, count).join(""), isGsm) <= limit;
  let count = Math.min(characters.length, limit);
  while (!fits(count)) count -= 1;
  const longest = characters.slice(0, count).join("");
  if (longest.length === text.length || text[longest.length] === " ") return longest;
  const lastBlank = longest.lastIndexOf(" ");
  return lastBlank > 0 ? longest.slice(0, lastBlank) : longest;
};

/** @throws Error `Expected at most 1600 characters for an SMS but got <count>` */
export const smsMessages = (text: string): string[] => {
  if (text.length > MAX_CHARACTERS) {
    throw new Error(`Expected at most ${MAX_CHARACTERS} characters for an SMS but got ${text.length}`);
  }
  const isGsm = GSM.test(text);
  const limit = isGsm ? 160 : 70;
  const messages: string[] = [];
  for (let rest = text.trim(); rest !== ""; ) {
    const next = beginning(rest, limit, isGsm);
    messages.push(next);
    rest = rest.slice(next.length).trimStart();
  }
  return messages;
};
