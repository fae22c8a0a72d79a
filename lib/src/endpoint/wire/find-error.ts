import { type Fields, fieldOf, isFields } from "./fields.ts";

/**
 * Finds the error that a chunk reports, in whatever form; `undefined` where it reports none.
 *
 * An error beside a text is one too: OpenRouter sends it in the last chunk, beside the choices or in one of them. An event
 * that has a name of its own may carry a message, as the steps of an agent do, which is none: `isAside`.
 */
export function findError(chunk: Fields, { isAside }: { isAside: boolean }): unknown {
  const choices = Array.isArray(chunk["choices"]) ? chunk["choices"] : [];
  const places = choices.flatMap((choice) => [choice, fieldOf(choice, "delta")]);
  const named = [chunk, ...places].flatMap((place) => [fieldOf(place, "error"), fieldOf(place, "Error")]);
  const error = named.find(isError);
  // A flag, a number or the name of a status says less than what stands beside it.
  const isBare = typeof error !== "object" && !(typeof error === "string" && choices.length > 0);
  if (error !== undefined) return isBare ? chunk : error;
  // MiniMax reports so beside `choices: null` and counts of zero; 0 is its success.
  if (isError(fieldOf(chunk["base_resp"], "status_code"))) return chunk["base_resp"];
  // A chunk with a choice or counts may name anything beside them; what has neither says nothing else.
  if (choices.length > 0 || isFields(chunk["usage"]) || pings.has(String(chunk["type"]))) return undefined;
  const isMarked =
    [chunk["object"], chunk["status"], chunk["type"]].some((mark) => failureNames.test(String(mark))) ||
    chunk["success"] === false ||
    Number(chunk["status"]) >= 400;
  const isNamed = Object.entries(chunk).some(([name, value]) => errorFields.test(name) && isError(value));
  return isMarked || isNamed || (!isAside && chunk["code"] !== 0 && hasWords(chunk)) ? chunk : undefined;
}

/** What events and chunks are called that only keep a connection open. */
export const pings = new Set(["ping", "pong", "heartbeat", "keepalive", "keep-alive"]);

/** What events are called that report a failure, and how chunks mark it: `response.failed`, `exception`. */
export const failureNames = /^(?:\w+\.)?(?:error|exception|failed)$/i;

/** `error_message`, `errmsg`, `ErrorMsg`, `fault`, and Bedrock's `throttlingException`. */
const errorFields = /^(?:err|fault$|exception$)|Exception$/i;

/** An object under these names is a message of a chat, or something else of another API. */
function hasWords(chunk: Fields): boolean {
  const isSaid = ["message", "msg"].some((name) => typeof chunk[name] === "string" && isError(chunk[name]));
  return isSaid || ["detail", "details"].some((name) => isError(chunk[name]));
}

/** Some servers name an error in every chunk, which is none, or all of whose fields are empty. */
function isError(value: unknown): boolean {
  return isFields(value) ? Object.values(value).some(isSaid) : isSaid(value);
}

function isSaid(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === "" || value === 0) return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}
