/** Addresses that documentation uses as examples, and that lead nowhere: RFC 2606 and RFC 6761. */

const EXAMPLE_HOST = /(^|\.)(example(\.(com|net|org))?|test|invalid|localhost)$/;

/** @param address a URL, or "" @returns whether its host is reserved for examples */
export const isExampleAddress = (address: string): boolean =>
  URL.canParse(address) && EXAMPLE_HOST.test(new URL(address).hostname);
