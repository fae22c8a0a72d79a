import assert from "node:assert/strict";
import type { ConformanceContext } from "./check.ts";

/** A request as it goes over the wire: a string as `body` is sent as it is, anything else as JSON. */
export interface WireRequest {
  method?: string;
  path: string;
  body?: unknown;
  /** `null` sends none; default is the context's. */
  apiKey?: string | null;
  headers?: Record<string, string>;
}

/** An answer that has been read to its end. */
export interface WireAnswer {
  status: number;
  headers: Headers;
  text: string;
}

/** Starts a request and hands over the response with its body still to be read. */
export async function openRequest(
  context: ConformanceContext,
  request: WireRequest & { signal?: AbortSignal },
): Promise<Response> {
  const { path, body, apiKey = context.apiKey, method = body === undefined ? "GET" : "POST" } = request;
  return context.fetch(context.url + path, {
    method,
    redirect: "manual",
    headers: {
      ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...request.headers,
    },
    body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
    signal: request.signal ?? null,
  });
}

/** Sends a request and reads the whole answer, whatever its status. */
export async function send(context: ConformanceContext, request: WireRequest): Promise<WireAnswer> {
  const response = await openRequest(context, request);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Reads an answer that must be JSON of one status. */
export function readJson(answer: WireAnswer, status: number): unknown {
  assert.equal(
    answer.status,
    status,
    `status ${answer.status} instead of ${status}, with body ${answer.text}`,
  );
  assert.equal(answer.headers.get("content-type"), "application/json");
  return JSON.parse(answer.text);
}
