import { inspect } from "node:util";
import { readServerWords } from "../words/index.ts";

/** An error of any library, a log or an HTTP answer, reduced to what can be read without its class. */
export interface ErrorShape {
  /** What the error and its causes say, outermost first. */
  messages: readonly string[];
  /** All that it says, with names and codes, one a line: where patterns of known errors look. */
  text: string;
  /** The HTTP status; `null` where there was no answer. */
  status: number | null;
  /** Who answered with this status. */
  answerer: "runpod" | "hugging-face" | "endpoint";
}

interface Part {
  names: readonly string[];
  message: string;
  body: string;
  status: number | null;
  code: string | null;
}

const deepestCause = 5;

// Short enough for every pattern; of a longer log both ends are read, for it breaks off at its last lines.
const longestText = 200_000;

/** Reads the shape of whatever was thrown: an error with its causes, a line or a whole log, or `{ status, body }`. */
export function readShape(thrown: unknown): ErrorShape {
  if (typeof thrown === "string") return { ...plainText(thrown), answerer: "endpoint" };
  const parts: Part[] = [];
  for (
    let current: unknown = thrown;
    parts.length < deepestCause && isObject(current);
    current = current["cause"] ?? firstOf(current["errors"])
  ) {
    parts.push(readPart(current));
  }
  const codes = parts.flatMap(({ code }) => code ?? []);
  const said = parts.flatMap(({ message }) => (message === "" ? [] : [message]));
  const messages = said.length > 0 ? said : [codes[0] ?? describeWordless(thrown)];
  const names = parts.flatMap((part) => part.names);
  const bodies = parts.map(({ body }) => body);
  return {
    messages,
    text: [...names, ...codes, ...messages, ...bodies].join("\n").slice(0, longestText),
    status: parts.find(({ status }) => status !== null)?.status ?? null,
    answerer: findAnswerer(thrown, bodies),
  };
}

function plainText(text: string): Omit<ErrorShape, "answerer"> {
  const half = longestText / 2;
  const read = text.length <= longestText ? text : `${text.slice(0, half)}\n${text.slice(-half)}`;
  return { messages: [text], text: read, status: null };
}

/** Of an error without words not even its stack is shown: that tells of the kernel and of packages. */
function describeWordless(thrown: unknown): string {
  return thrown instanceof Error ? "no message" : inspect(thrown, { depth: 1 });
}

/** An AggregateError has no cause, but the errors of all that were tried. */
function firstOf(errors: unknown): unknown {
  return Array.isArray(errors) ? errors[0] : undefined;
}

function readPart(error: Record<string, unknown>): Part {
  const isAnswer = "body" in error;
  const body = isAnswer ? readBody(error["body"]) : readBody(error["error"]);
  const status = [error["status"], error["statusCode"], error["code"]].find(isStatus) ?? null;
  const message = readMessage(error);
  return {
    // The openai package's errors are all called "Error"; their class still says more.
    names: [readWord(error["name"]), error.constructor?.name ?? ""],
    // An answer without words reads as the openai package puts it.
    message: message === "" && isAnswer ? sayBody(body, status) : message,
    body,
    status,
    code: typeof error["code"] === "string" ? error["code"] : null,
  };
}

/** What zod says is a list in JSON; each entry reads better as a sentence. */
function readMessage(error: Record<string, unknown>): string {
  const { issues } = error;
  if (!Array.isArray(issues) || issues.length === 0) return readWord(error["message"]);
  return issues
    .filter(isObject)
    .map(({ path, message }) => `${Array.isArray(path) ? path.join(".") : ""}: ${readWord(message)}`)
    .join("; ")
    .replace(/^: /, "");
}

function readBody(body: unknown): string {
  if (body === undefined || body === null) return "";
  return typeof body === "string" ? body : (safeJson(body) ?? "");
}

function sayBody(body: string, status: number | null): string {
  const words = body.trim() === "" ? "status code (no body)" : readServerWords(body, { maxCharacters: 500 });
  return status === null ? words : `${status} ${words}`;
}

function findAnswerer(thrown: unknown, bodies: readonly string[]): ErrorShape["answerer"] {
  if (!isObject(thrown)) return "endpoint";
  const address = readWord(thrown["url"]);
  const text = bodies.join("\n");
  // RunPod's API answers with problem+json (RFC 9457), the Hub names its errors in a header.
  if (/\/\/(?:api|rest)\.runpod\.io\//.test(address)) return "runpod";
  if (/"title"\s*:/.test(text) && /"status"\s*:\s*\d/.test(text)) return "runpod";
  if (/\/\/huggingface\.co\//.test(address)) return "hugging-face";
  return /\b(?:GatedRepo|RepoNotFound|RevisionNotFound|EntryNotFound)\b/.test(text)
    ? "hugging-face"
    : "endpoint";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isStatus(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 100 && value < 600;
}

function readWord(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function safeJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
