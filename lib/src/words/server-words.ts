import { stripControlCharacters } from "./strip-control-characters.ts";

/**
 * Finds the server's own words in the body of an error, or in an error object inside a stream.
 *
 * It knows OpenAI's and vLLM's form, a bare string, FastAPI's `detail`, and takes the beginning of anything else. The
 * key is taken out, since some servers repeat the one that they refuse.
 */
export function readServerWords(body: unknown, apiKey: string): string {
  const parsed = typeof body === "string" ? parseJson(body) : body;
  const found = findWords(parsed) ?? (typeof body === "string" ? body : JSON.stringify(body));
  const line = stripControlCharacters(found).replaceAll(apiKey, "…").replace(/\s+/g, " ").trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

function findWords(body: unknown): string | null {
  if (typeof body === "string") return body;
  if (typeof body !== "object" || body === null) return null;
  for (const name of ["error", "message", "detail"]) {
    const value: unknown = Reflect.get(body, name);
    const inner = Array.isArray(value) ? JSON.stringify(value) : findWords(value);
    if (inner !== null) return inner;
  }
  return null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
