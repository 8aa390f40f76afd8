const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const LONG_WORD = /[A-Za-z0-9+/_=-]{24,}/g;
/** Names in code have no digits and end before; tokens and keys are longer. */
const SURELY_A_TOKEN = 40;

/**
 * What an error of foreign code says, without what it may quote: drivers and parsers repeat the values on which they
 * choked. Ids of ours stay, they are what one searches for.
 */
export const maskedText = (message: string): string =>
  message
    .replace(/"[^"]*("|$)/g, '"…"')
    .replace(LONG_WORD, (word) =>
      !UUID.test(word) && (/\d/.test(word) || word.length >= SURELY_A_TOKEN) ? '[masked]' : word,
    );
