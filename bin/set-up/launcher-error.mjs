/** Something that the launcher tried did not work; the message is all that the reader needs. */
export class LauncherError extends Error {
  /** @override */
  name = "LauncherError";

  /**
   * @param {string} message what went wrong and what to do next
   * @param {{ lastLines?: readonly string[], cause?: unknown }} [details] `lastLines`: the end of what a failed tool printed
   */
  constructor(message, { lastLines = [], cause } = {}) {
    super(message, { cause });
    this.lastLines = lastLines;
  }
}
