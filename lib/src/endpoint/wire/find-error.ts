import { type Fields, fieldOf, isFields } from "./fields.ts";

/**
 * Finds the error that a chunk reports, in whatever form; `undefined` where it reports none.
 *
 * An error beside a text is one too: OpenRouter sends it in the last chunk, beside the choices or in one of them.
 */
export function findError(chunk: Fields): unknown {
  const choices = Array.isArray(chunk["choices"]) ? chunk["choices"] : [];
  const named = [chunk["error"], chunk["Error"], ...choices.map((choice) => fieldOf(choice, "error"))].find(
    isError,
  );
  if (named !== undefined) return named;
  // A chunk with a choice or counts may name anything beside them; what has neither says nothing else.
  if (choices.length > 0 || isFields(chunk["usage"]) || pings.has(String(chunk["type"]))) return undefined;
  const isMarked = chunk["object"] === "error" || chunk["status"] === "error" || chunk["success"] === false;
  // MiniMax reports so beside `choices: null`; 0 is its success.
  const status = fieldOf(chunk["base_resp"], "status_code");
  return isMarked || isError(status) || errorFields.some((name) => isError(chunk[name])) ? chunk : undefined;
}

/** What events and chunks are called that only keep a connection open. */
export const pings = new Set(["ping", "pong", "heartbeat", "keepalive", "keep-alive"]);

const errorFields = [
  ...["errors", "error_message", "errorMessage", "error_msg", "error_type", "error_code"],
  ...["message", "msg", "detail", "details", "fault", "exception"],
];

/** Some servers name an error in every chunk, which is none. */
function isError(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === "" || value === 0) return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}
