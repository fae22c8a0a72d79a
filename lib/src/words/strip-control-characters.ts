// The first parts of a sequence come as ESC and a letter or as one character of the C1 block.
const command = String.raw`(?:\x1b\[|\x9b)[0-?]*[ -/]*`;
// Its text ends where another one begins: else each of a row of beginnings would be followed to the end of the row.
const textOfString = String.raw`(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*`;
const shortEscape = String.raw`\x1b[ -/]*`;

const wholeSequences = new RegExp(
  `${command}(?:[@-~]|$)|${textOfString}(?:\\x07|\\x1b\\\\|\\x9c)|${shortEscape}[0-Z\\\\-~]`,
  "g",
);
const controlCharacters = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
const openSequence = new RegExp(`(?:${command}|${textOfString}\\x1b?|${shortEscape}|[\\ud800-\\udbff])$`);
const longestOpenSequence = 256;

/**
 * Removes what could steer a terminal: escape sequences with their parameters, and every control character but the
 * line feed and the tab.
 */
export function stripControlCharacters(text: string): string {
  return text.replace(wholeSequences, "").replace(controlCharacters, "");
}

/**
 * Splits a chunk of a stream before an escape sequence (or half a character) that only the next chunk can complete.
 *
 * Put `open` in front of the next chunk. A sequence that stays open for too long is no sequence: it comes back as text.
 */
export function splitAtOpenSequence(chunk: string): { complete: string; open: string } {
  const start = chunk.search(openSequence);
  if (start < 0 || chunk.length - start > longestOpenSequence) return { complete: chunk, open: "" };
  return { complete: chunk.slice(0, start), open: chunk.slice(start) };
}
