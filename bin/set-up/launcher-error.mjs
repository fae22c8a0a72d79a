/** Something that the launcher tried did not work; the message says what went wrong and what to do next. */
export class LauncherError extends Error {
  /** @override */
  name = "LauncherError";

  /** @param {string} message @param {{ lastLines?: readonly string[], cause?: unknown }} [details] */
  constructor(message, { lastLines = [], cause } = {}) {
    super(message, { cause });
    /** The end of what a failed tool printed. */
    this.lastLines = lastLines;
  }
}
