import {
  AnswerTooLongError,
  longestEventCharacters,
  mostAnswerBytes,
  readTextWithin,
  stayOnHost,
} from "../network/index.ts";
import { cleanWords, parseJson, readServerWords } from "../words/index.ts";
import { patiently } from "./patient-dispatcher.ts";

/** A character may take several bytes; whoever reads events counts characters first. */
const longestLineBytes = 4 * longestEventCharacters;

/** The most that a refusal may hold. */
const mostRefusalBytes = 1024 * 1024;

/**
 * Wraps a fetch for the `openai` client: no redirect, a bound for every body and every line of a stream, patience with a
 * slow server, and refusals without control characters and keys, for the package puts them into its errors.
 */
export function createClientFetch(
  request: typeof fetch,
  { secrets, maxBytes = mostAnswerBytes }: { secrets: readonly string[]; maxBytes?: number | undefined },
): typeof fetch {
  const direct = stayOnHost(request);
  return async (input, init) => {
    const response = await direct(input, { ...patiently(), ...init });
    // Not the words beside the status, nor a status above 599: servers send what a Response does not take.
    const head = { status: Math.min(response.status, 599), headers: response.headers };
    if (!response.ok) {
      const body = await readTextWithin(response, { maxBytes: Math.min(maxBytes, mostRefusalBytes) });
      return new Response(body === "" ? null : cleanBody(body, secrets), {
        ...head,
        headers: withoutSecrets(head.headers, secrets),
      });
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
    return new Response(response.body.pipeThrough(counter), head);
  };
}

/** Of a page its title is said, of other words so many characters. */
const longestWords = 2_000;

/** An error that is printed whole shows its headers. */
function withoutSecrets(headers: Headers, secrets: readonly string[]): [string, string][] {
  return [...headers].filter(([, value]) => !secrets.some((secret) => value.includes(secret)));
}

/** Escapes stand in JSON as text, and become characters only when it is read. */
function cleanBody(body: string, secrets: readonly string[]): string {
  const json = parseJson(body);
  if (json === undefined) return readServerWords(body, { secrets, maxCharacters: longestWords });
  const clean = (value: unknown) => (typeof value === "string" ? cleanWords(value, secrets) : value);
  try {
    return JSON.stringify(json, (_name, value: unknown) => clean(value));
  } catch {
    // Nested deeper than the stack: nobody could read words in it.
    return "";
  }
}
