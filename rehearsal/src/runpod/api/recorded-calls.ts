/** One call of the API as the stand-in received and answered it. The caller's key and values of secrets are not kept. */
export interface RecordedCall {
  /** The contract's name of the operation; `null` where there is none at that path. */
  operation: string | null;
  method: string;
  /** With the query. */
  path: string;
  /** Parsed from JSON; the text itself where it is none; `undefined` without a body. */
  requestBody: unknown;
  /** `null` where the answer never left, by a fault. */
  status: number | null;
  /** Header names in lower case. */
  answerHeaders: Readonly<Record<string, string>>;
  /** Parsed from JSON; `undefined` without a body and for streams. */
  answerBody: unknown;
}

/** Reads a body for the record, without the value of a secret. */
export function parseRecordedBody(text: string, operation: string): unknown {
  if (text === "") return undefined;
  const isSecret = operation.endsWith("Secret");
  try {
    return JSON.parse(text, (name, value: unknown) => (isSecret && name === "value" ? "hidden" : value));
  } catch {
    return isSecret ? "hidden" : text;
  }
}
