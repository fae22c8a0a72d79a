/** Whoever checks a form may need a kilobyte for each wrong value; no answer that makes sense has so many values. */
const mostValues = 100_000;

/** Returns what a text says as JSON; `undefined` where it is none, or has more than 100,000 values. */
export function parseJson(text: string): unknown {
  let values = 1;
  for (let at = text.indexOf(","); at >= 0; at = text.indexOf(",", at + 1)) {
    if (++values > mostValues) return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Writes a value as JSON; empty where it is none, as one that is nested deeper than the stack. */
export function writeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "";
  }
}
