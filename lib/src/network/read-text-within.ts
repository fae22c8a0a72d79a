import { WorkbookError } from "../errors.ts";

/** The most that an answer may hold where nothing else is said: lists of models and pages of metrics are far smaller. */
export const mostAnswerBytes = 16 * 1024 * 1024;

/** The most that one event of a stream may hold: of an answer it is a few words, of a log a line. */
export const longestEventCharacters = 4 * 1024 * 1024;

/** An answer is longer than anything that makes sense; the message names its address and the bound. */
export class AnswerTooLongError extends WorkbookError {
  override name = "AnswerTooLongError";
  readonly maxBytes: number;

  constructor(address: string, maxBytes: number) {
    const place = URL.canParse(address) ? new URL(address).origin + new URL(address).pathname : "a server";
    super(
      `The answer of ${place} is longer than ${maxBytes.toLocaleString("en-US")} bytes: the rest was not read.`,
      { remedy: "Check the address: what answers there is not the server that is meant, or is broken." },
    );
    this.maxBytes = maxBytes;
  }
}

/**
 * Reads the body of an answer as text, at most so many bytes (after decompression): then the connection is closed.
 *
 * @throws AnswerTooLongError where there is more, and what the connection throws where it breaks off.
 */
export async function readTextWithin(
  response: Response,
  options: { maxBytes?: number } = {},
): Promise<string> {
  const { maxBytes = mostAnswerBytes } = options;
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  // Leaving the loop early cancels the body, which closes the connection.
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    if (bytes > maxBytes) throw new AnswerTooLongError(response.url, maxBytes);
    text += decoder.decode(part, { stream: true });
  }
  return text + decoder.decode();
}
