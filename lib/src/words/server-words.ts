import { cleanWords } from "./clean-words.ts";
import { cutText } from "./cut-text.ts";
import { parseJson, writeJson } from "./parse-json.ts";

/**
 * Finds the server's own words in the body of an answer, or in an error object inside a stream, as one line without
 * secrets; empty where there are none.
 *
 * It knows the forms of OpenAI and vLLM (`error`), FastAPI (`detail`), Runpod (problem+json, REST v1, GraphQL), a bare
 * string, and the title of a web page; of anything else it takes the beginning.
 */
export function readServerWords(
  body: unknown,
  options: { secrets?: readonly string[]; maxCharacters?: number } = {},
): string {
  const { secrets = [], maxCharacters = 200 } = options;
  const parsed = typeof body === "string" ? (parseJson(body) ?? body) : body;
  const found = findWords(parsed) ?? writeJson(parsed);
  const line = cleanWords(found, secrets).replace(/\s+/g, " ").trim();
  return cutText(line, maxCharacters);
}

/** No server wraps its words more often. */
const deepestWords = 10;

function findWords(body: unknown, depth = 0): string | null {
  if (typeof body === "string") return /<title>([^<]{1,200})<\/title>/i.exec(body)?.[1] ?? body;
  if (typeof body !== "object" || body === null || depth > deepestWords) return null;
  const parts = ["error", "message", "detail", "title"].flatMap((name) => findPart(body, name, depth) ?? []);
  // Spring Boot's error is the name of the status, with the reason in the message beside it.
  const isLabel = typeof Reflect.get(body, "error") === "string";
  const words = parts.length === 0 ? null : [...new Set(parts.slice(0, isLabel ? 2 : 1))].join(": ");
  // Runpod's API names each wrong field in a list beside its sentence; GraphQL has the list alone.
  const list: unknown = Reflect.get(body, "errors");
  const details = Array.isArray(list) ? list.flatMap((entry) => findWords(entry, depth + 1) ?? []) : [];
  return words === null && details.length === 0 ? null : [words ?? [], details].flat().join("; ");
}

function findPart(body: object, name: string, depth: number): string | null {
  const value: unknown = Reflect.get(body, name);
  return (Array.isArray(value) ? writeJson(value) : findWords(value, depth + 1)) || null;
}
