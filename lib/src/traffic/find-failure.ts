import { cleanName } from "../words/index.ts";
import { type Fields, isFields, isMissing, plainName, toNumber } from "./row-fields.ts";

type Kind = "status" | "level" | "finish" | "error" | "success" | "failed" | "inside";

const kinds = new Map<string, Kind>(
  (
    [
      [
        "status",
        "status state outcome requeststatus responsestatus statuscode httpstatus httpstatuscode httpcode responsecode " +
          "responsestatuscode requeststate",
      ],
      ["level", "level"],
      ["finish", "finishreason stopreason"],
      [
        "error",
        "error errors err errorcode errortype errormessage errormsg errorinfo errorinformation errordetails exception " +
          "exceptiontype exceptionmessage exceptionstring failure failurereason",
      ],
      ["success", "success issuccess successful succeeded ok isok"],
      ["failed", "failed isfailed iserror haserror waserror isfailure"],
      ["inside", "response body result"],
    ] as const
  ).flatMap(([kind, names]) => names.split(" ").map((name) => [name, kind] as const)),
);
// Of Runpod, LiteLLM, OpenAI, LangSmith, Langfuse and OpenTelemetry (STATUS_CODE_ERROR), and whatever else says it.
const failedWords = new Set(
  (
    "error errored failure failed fail cancelled canceled timeout timedout timed_out time_out rejected aborted " +
    "exception expired blocked status_code_error in_progress pending queued running"
  ).split(" "),
);
const noError = new Set(["false", "0", "ok", "success", "[]", "{}", "no", "no error", "unset"]);

// Names come again in each row, and are few; the limit is for files that have others in each.
const mostNames = 10_000;
const kindOfName = new Map<string, Kind | null>();

/**
 * Finds what says that a request failed, such as `status 429`: a status from 400, a word such as `failure`, an error that
 * is not empty, `success: false`; `null` where nothing does.
 */
export function findFailure(fields: Fields, depth = 0): string | null {
  for (const name in fields) {
    const kind = findKind(name);
    if (kind === null || (kind === "inside" && depth > 2)) continue;
    const value = fields[name];
    if (value === null || value === undefined || value === "") continue;
    const found = findIn(name, { kind, value, depth });
    if (found !== null) return found;
  }
  return null;
}

function findIn(
  name: string,
  { kind, value, depth }: { kind: Kind; value: unknown; depth: number },
): string | null {
  if (isFields(value) && kind === "inside") return findFailure(value, depth + 1);
  if (isFields(value) && kind === "status") return findStatusCode(name, value);
  return failsBy(kind, value) ? sayFailure(name, value) : null;
}

// OpenTelemetry's status has a code: 2, or STATUS_CODE_ERROR.
function findStatusCode(name: string, status: Fields): string | null {
  const code = status["code"] ?? status["status_code"] ?? status["statusCode"];
  return code === 2 || code === "2" || failsBy("status", code) ? sayFailure(`${name} code`, code) : null;
}

/** Tells the same of one value, which the caller named. */
export function findFailureIn(name: string, value: unknown): string | null {
  if (isMissing(value)) return null;
  const kind = findKind(name) ?? "status";
  return failsBy(kind, value) ? sayFailure(name, value) : null;
}

function findKind(name: string): Kind | null {
  const known = kindOfName.get(name);
  if (known !== undefined) return known;
  const kind = kinds.get(plainName(name)) ?? null;
  if (kindOfName.size < mostNames) kindOfName.set(name, kind);
  return kind;
}

function failsBy(kind: Kind, value: unknown): boolean {
  const text = typeof value === "string" ? value.trim().toLowerCase() : "";
  switch (kind) {
    case "status":
      return value === false || isFailedStatus(toNumber(value)) || isFailedWord(text);
    case "level":
      return text === "error" || text === "fatal";
    case "finish":
      return text === "error";
    case "error":
      return isError(value, text);
    case "success":
      return value === false || text === "false" || value === 0 || text === "0";
    case "failed":
      return value === true || text === "true" || value === 1 || text === "1";
    case "inside":
      return false;
  }
}

// Helicone's own statuses are below 0.
function isFailedStatus(status: number): boolean {
  return (status >= 400 && status < 1_000) || status < 0;
}

function isFailedWord(text: string): boolean {
  if (failedWords.has(/^[a-z_]+/.exec(text)?.[0] ?? "")) return true;
  const code = /^(?:http(?:\/[\d.]+)? )?(\d{3})\b/.exec(text)?.[1];
  return code !== undefined && isFailedStatus(Number(code));
}

function isError(value: unknown, text: string): boolean {
  if (Array.isArray(value)) return value.some((inner) => !isMissing(inner));
  if (isFields(value)) return Object.values(value).some((inner) => !isMissing(inner));
  if (value === true) return true;
  const number = toNumber(value);
  if (!Number.isNaN(number)) return number !== 0 && !(number >= 200 && number < 400);
  return typeof value === "string" && !isMissing(value) && !noError.has(text);
}

function sayFailure(name: string, value: unknown): string {
  const shown = typeof value === "object" ? "" : ` ${cleanName(String(value), 40)}`;
  return `${cleanName(name, 40)}${shown}`;
}
