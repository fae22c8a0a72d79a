/**
 * A name that cells share is a global variable whose own name ends in a mark that nobody sees: so the language itself keeps
 * its one value, its errors name it as the reader does, and no package mistakes a reader's `URL` or `document` for
 * Node's or a browser's.
 */
const mark = "\u034f";

/** The name of the global variable for a name of the reader's. */
export function markName(name: string): string {
  return `${name}${mark}`;
}

/** A text with the names that the reader knows. */
export function unmarkNames(text: string): string {
  return text.replaceAll(mark, "");
}
