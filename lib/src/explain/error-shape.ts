import { inspect } from "node:util";
import { z } from "zod";
import { type Answerer, findAnswerer } from "../facts/index.ts";
import { readServerWords, writeJson } from "../words/index.ts";

/** An error of any library, a log or an HTTP answer, reduced to what can be read without its class. */
export interface ErrorShape {
  /** What the error and its causes say, outermost first. */
  messages: readonly string[];
  /** All that it says, with names and codes, one a line: where patterns of known errors look. */
  text: string;
  /** The HTTP status; `null` where there was no answer. */
  status: number | null;
  /** Who answered with this status. */
  answerer: Answerer;
}

const deepestCause = 5;

// Short enough for every pattern; of a longer log both ends are read, for it breaks off at its last lines.
const longestText = 200_000;

const words = z.string().catch("");
const status = z.int().min(100).max(599);

/** What is read of an error or of `{ status, body }`; a field of another type counts as missing. */
const partSchema = z.object({
  name: words,
  message: words,
  url: words,
  status: status.optional().catch(undefined),
  statusCode: status.optional().catch(undefined),
  code: z.union([z.string(), status]).optional().catch(undefined),
  // What zod says is a list in JSON; each entry reads better as a sentence.
  issues: z
    .array(z.object({ path: z.array(z.union([z.string(), z.number()])).catch([]), message: words }))
    .catch([]),
  body: z.unknown().optional(),
  error: z.unknown().optional(),
});

/** Reads the shape of whatever was thrown: an error with its causes, a line or a whole log, or `{ status, body }`. */
export function readShape(thrown: unknown): ErrorShape {
  if (typeof thrown === "string") {
    const half = longestText / 2;
    const text = thrown.length <= longestText ? thrown : `${thrown.slice(0, half)}\n${thrown.slice(-half)}`;
    return { messages: [thrown], text, status: null, answerer: "endpoint" };
  }
  const parts = listCauses(thrown).map(readPart);
  const codes = parts.flatMap(({ code }) => code);
  const said = parts.flatMap(({ message }) => (message === "" ? [] : [message]));
  const messages = said.length > 0 ? said : [codes[0] ?? describeWordless(thrown)];
  const bodies = parts.map(({ body }) => body);
  const names = parts.flatMap((part) => part.names);
  return {
    messages,
    text: [...names, ...codes, ...messages, ...bodies].join("\n").slice(0, longestText),
    status: parts.flatMap((part) => part.status ?? [])[0] ?? null,
    answerer: findAnswerer([parts[0]?.url, ...bodies].join("\n")),
  };
}

function listCauses(thrown: unknown): object[] {
  const causes: object[] = [];
  for (let current = thrown; typeof current === "object" && current !== null; ) {
    if (causes.push(current) === deepestCause) break;
    // An AggregateError has no cause, but the errors of all that were tried.
    const tried: unknown = Reflect.get(current, "errors");
    current = Reflect.get(current, "cause") ?? (Array.isArray(tried) ? tried[0] : undefined);
  }
  return causes;
}

/** Of an error without words not even its stack is shown: that tells of the kernel and of packages. */
function describeWordless(thrown: unknown): string {
  return thrown instanceof Error ? "no message" : inspect(thrown, { depth: 1 });
}

function readPart(error: object) {
  const read = partSchema.parse(error);
  const isAnswer = "body" in error;
  const body = writeBody(isAnswer ? read.body : read.error);
  const [httpStatus] = [read.status, read.statusCode, read.code].filter((value) => typeof value === "number");
  const issues = read.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`,
  );
  const message = issues.length > 0 ? issues.join("; ") : read.message;
  return {
    // The openai package's errors are all called "Error"; their class still says more.
    names: [read.name, error.constructor?.name ?? ""],
    // An answer without words reads as the openai package puts it.
    message: message === "" && isAnswer ? describeAnswer(body, httpStatus) : message,
    body,
    status: httpStatus,
    code: typeof read.code === "string" ? [read.code] : [],
    url: read.url,
  };
}

function writeBody(body: unknown): string {
  if (body === undefined || body === null) return "";
  return typeof body === "string" ? body : writeJson(body);
}

function describeAnswer(body: string, httpStatus: number | undefined): string {
  const said = body.trim() === "" ? "status code (no body)" : readServerWords(body, { maxCharacters: 500 });
  return httpStatus === undefined ? said : `${httpStatus} ${said}`;
}
