import {
  AnswerTooLongError,
  longestEventCharacters,
  mostAnswerBytes,
  readTextWithin,
} from "../read-text-within.ts";
import { stayOnHost } from "../stay-on-host.ts";
import { parseJson, stripControlCharacters } from "../words/index.ts";

/** A character may take several bytes; whoever reads events counts characters first. */
const longestLineBytes = 4 * longestEventCharacters;

/** The most that a refusal may hold. */
const mostRefusalBytes = 1024 * 1024;

/**
 * Wraps a fetch for the `openai` client: no redirect, a bound for every body and every line of a stream, and refusals
 * without control characters, for the package puts them into its errors.
 */
export function createClientFetch(request: typeof fetch, maxBytes: number = mostAnswerBytes): typeof fetch {
  const direct = stayOnHost(request);
  return async (input, init) => {
    const response = await direct(input, init);
    if (!response.ok) {
      const body = await readTextWithin(response, { maxBytes: Math.min(maxBytes, mostRefusalBytes) });
      return new Response(body === "" ? null : cleanBody(body), response);
    }
    if (response.body === null) return response;
    const isStream = response.headers.get("content-type")?.includes("event-stream") ?? false;
    let bytes = 0;
    const counter = new TransformStream<Uint8Array, Uint8Array>({
      transform(part, controller) {
        const lineEnd = isStream ? part.lastIndexOf(10) : -1;
        bytes = lineEnd < 0 ? bytes + part.byteLength : part.byteLength - lineEnd;
        const most = isStream ? longestLineBytes : maxBytes;
        if (bytes > most) throw new AnswerTooLongError(response.url, most);
        controller.enqueue(part);
      },
    });
    return new Response(response.body.pipeThrough(counter), response);
  };
}

/** Escapes stand in JSON as text, and become characters only when it is read. */
function cleanBody(body: string): string {
  const json = parseJson(body);
  if (json === undefined) return stripControlCharacters(body);
  const clean = (value: unknown) => (typeof value === "string" ? stripControlCharacters(value) : value);
  try {
    return JSON.stringify(json, (_name, value: unknown) => clean(value));
  } catch {
    // Nested deeper than the stack: nobody could read words in it.
    return "";
  }
}
