import type { z } from "zod";
import { SettingsError } from "../../errors.ts";
import { AnswerTooLongError, isLoopbackUrl, readNetworkError, readTextWithin } from "../../network/index.ts";
import { cleanName, cleanWords, cutEnd, findKeyOwner, findKeyProblem, parseJson } from "../../words/index.ts";
import { type ClockReading, readClock } from "./clock-reading.ts";
import { credentialsPage } from "./console-pages.ts";
import { refusalError } from "./refusal-error.ts";
import { type RetryRules, retryDelayMs } from "./retry.ts";
import { RunPodError } from "./runpod-error.ts";

/** Where requests go, and with what. */
export interface Connection extends RetryRules {
  /** Without a slash at the end. */
  apiUrl: string;
  apiKey: string;
  fetch: typeof fetch;
  userAgent: string;
  /** This machine's clock. */
  now(): Date;
  /** Hears of each answer, a refusal too, what time it was at the API; `null` where it does not say. */
  onClock(reading: ClockReading | null): void;
}

/** One call of the API. */
export interface ApiCall {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below the API's address, for example `/pods`; or a whole address on the same origin. */
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
  /** Leaves the body of a success unread, for streams. */
  isStream?: boolean;
}

/** An answer that was a success. */
export interface ApiAnswer {
  response: Response;
  /** Empty for a stream, which is read from the response. */
  body: string;
}

const readTimeoutMs = 30_000;
/** A create can take long; giving up on it early only makes its outcome unknown. */
const writeTimeoutMs = 90_000;

/**
 * Makes a call and returns its answer, which was a success; repeats what may be repeated.
 *
 * @throws RunPodError for every refusal, and where no answer came.
 */
export async function sendRequest(connection: Connection, call: ApiCall): Promise<ApiAnswer> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await attemptCall(connection, call);
    if ("response" in outcome) return outcome;
    const { error, retryAfter } = outcome;
    if (error.problem === "interrupted") throw error;
    const { method } = call;
    const delayMs = retryDelayMs({ attempt, method, status: error.status, retryAfter }, connection.random);
    if (delayMs === null) throw error;
    await connection.sleep(delayMs, call.signal);
    if (call.signal?.aborted === true) throw interrupted(call, call.signal.reason);
  }
}

/**
 * Makes a call and reads its answer.
 *
 * @throws RunPodError also where a field that is needed is missing, which it names.
 */
export async function requestJson<Output>(
  connection: Connection,
  call: ApiCall,
  schema: z.ZodType<Output>,
): Promise<Output> {
  const { response, body } = await sendRequest(connection, call);
  const name = nameCall(call);
  const unreadable = (problem: string, remedy: string) =>
    new RunPodError(`Runpod's answer to ${name} ${problem}.`, {
      problem: "unreadable-answer",
      call: name,
      status: response.status,
      remedy,
      requestId: response.headers.get("x-request-id"),
      mayHaveHappened: call.method === "POST" || call.method === "PATCH",
    });
  const json = parseJson(body);
  if (json === undefined) {
    const remedy = "Check that RUNPOD_API_URL is the API's own address, then try again.";
    throw unreadable(`is not JSON (HTTP ${response.status})`, remedy);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(
    (issue) => `${cleanName(issue.path.join(".")) || "the whole"} (${issue.message})`,
  );
  throw unreadable(
    `lacks required fields: ${fields.slice(0, 5).join(", ")}`,
    "The API may have changed: look for a newer version of this workbook.",
  );
}

/** Checks the key and the address that it would go to, before any request is made. */
export function checkConnection(options: { apiUrl: string; apiKey: string }): typeof options {
  const apiKey = options.apiKey.trim();
  const where = `Make one at ${credentialsPage} (tab API Keys) and put it into .env as RUNPOD_API_KEY.`;
  if (apiKey === "") {
    throw new SettingsError("RUNPOD_API_KEY is not set: the workbook cannot call Runpod.", { remedy: where });
  }
  const owner = findKeyOwner(apiKey);
  if (owner !== null && owner !== "Runpod") {
    throw new SettingsError(`The given Runpod API key looks like a key of ${owner}.`, {
      remedy: `Runpod's own begin with rpa_. ${where}`,
    });
  }
  const problem = findKeyProblem(apiKey);
  if (problem !== null) {
    throw new SettingsError(`The Runpod API key ${problem}.`, {
      remedy: "Copy it again: one line, without blanks, quotes or dashes of a word processor.",
    });
  }
  const url = URL.canParse(options.apiUrl) ? new URL(options.apiUrl) : null;
  if (url === null || !(url.protocol === "https:" || isLoopbackUrl(options.apiUrl))) {
    throw new SettingsError(
      `RUNPOD_API_URL is ${url?.origin ?? "no address"}, and a key goes only to https.`,
      {
        remedy: "Set it to https://api.runpod.io/v2, or take it out of .env.",
      },
    );
  }
  return { apiUrl: cutEnd(options.apiUrl, "/"), apiKey };
}

async function attemptCall(
  connection: Connection,
  call: ApiCall,
): Promise<ApiAnswer | { error: RunPodError; retryAfter: string | null }> {
  const { apiKey } = connection;
  const timeoutMs = call.timeoutMs ?? (call.method === "GET" ? readTimeoutMs : writeTimeoutMs);
  const timeout = AbortSignal.timeout(timeoutMs);
  let response: Response;
  let body: string;
  const sentAt = { byClock: connection.now().getTime(), elapsed: performance.now() };
  try {
    response = await connection.fetch(addressOf(connection, call), {
      method: call.method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        "user-agent": connection.userAgent,
        accept: "application/json",
        ...(call.body === undefined ? {} : { "content-type": "application/json" }),
        ...call.headers,
      },
      // A redirect would carry the request, and perhaps the key, to a host that nobody chose.
      redirect: "error",
      signal: call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout]),
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
    const receivedAt = connection.now();
    // A clock that was set on the way makes the way look long, and the reading vague.
    const byClock = Math.abs(receivedAt.getTime() - sentAt.byClock);
    const roundTripMs = Math.max(byClock, performance.now() - sentAt.elapsed);
    connection.onClock(readClock(response.headers, { receivedAt, roundTripMs }));
    if (response.ok && call.isStream === true) return { response, body: "" };
    body = await readTextWithin(response);
    if (response.ok) return { response, body };
  } catch (cause) {
    if (call.signal?.aborted === true) return { error: interrupted(call, cause), retryAfter: null };
    if (cause instanceof AnswerTooLongError) return { error: tooLong(call, cause), retryAfter: null };
    return { error: noAnswer(connection, call, { timeoutMs, cause }), retryAfter: null };
  }
  const { status, headers } = response;
  const error = refusalError({ call: nameCall(call), status, headers, body, secrets: [apiKey] });
  return { error, retryAfter: headers.get("retry-after") };
}

function addressOf(connection: Connection, call: ApiCall): string {
  const address = call.path.startsWith("/") ? `${connection.apiUrl}${call.path}` : call.path;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size === 0 ? address : `${address}?${query}`;
}

function noAnswer(
  connection: Connection,
  call: ApiCall,
  { timeoutMs, cause }: { timeoutMs: number; cause: unknown },
): RunPodError {
  const name = nameCall(call);
  const host = new URL(connection.apiUrl).host;
  const { code, problem } = readNetworkError(cause);
  const isTimeout = problem === "no-answer" && code === null;
  const reason = isTimeout ? `no answer within ${timeoutMs / 1_000} s` : (code ?? "the connection failed");
  return new RunPodError(`${name} got no answer from ${host}: ${reason}.`, {
    problem: "no-answer",
    call: name,
    remedy: "Check that this machine is online, then try again.",
    // What was never connected cannot have happened.
    mayHaveHappened: call.method !== "GET" && problem !== "nothing-listens" && problem !== "unknown-host",
    cause: withoutSecrets(cause, connection),
  });
}

function tooLong(call: ApiCall, cause: AnswerTooLongError): RunPodError {
  return new RunPodError(cause.problemText, {
    problem: "unreadable-answer",
    call: nameCall(call),
    remedy: "Check that RUNPOD_API_URL is the API's own address, then try again.",
    mayHaveHappened: call.method !== "GET",
    cause,
  });
}

function interrupted(call: ApiCall, cause: unknown): RunPodError {
  const name = nameCall(call);
  return new RunPodError(`${name} was interrupted.`, {
    problem: "interrupted",
    call: name,
    remedy: "Look with listPods() at what runs.",
    mayHaveHappened: call.method !== "GET",
    cause,
  });
}

/** The name of a call in messages; a query string could hold what should not be shown. */
function nameCall(call: ApiCall): string {
  const path = call.path.startsWith("/") ? call.path : new URL(call.path).pathname;
  return `${call.method} ${path}`;
}

/** Node quotes a header that it cannot send: such a cause is replaced by its cleaned words. */
function withoutSecrets(cause: unknown, connection: Connection): unknown {
  const text = cause instanceof Error ? `${cause.message} ${cause.stack ?? ""}` : String(cause);
  if (cleanWords(text, [connection.apiKey]) === text) return cause;
  return new Error(cleanWords(String(cause), [connection.apiKey]));
}
