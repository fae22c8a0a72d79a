/** Puts a text between single quotes, if a shell would take some of it for its own. */
export function quoteForShell(text: string): string {
  return /^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Puts a text between double quotes, as a file for `curl --config` has it (curl's manual, `-K`). */
export function quoteForCurl(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
