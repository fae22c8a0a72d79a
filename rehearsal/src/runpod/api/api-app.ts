import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type Context, Hono } from "hono";
import type { Account } from "../account/account.ts";
import type { Autoscaler } from "../serverless/autoscaler.ts";
import { endpointOperations } from "../serverless/endpoint-operations.ts";
import type { ApiAnswer, ApiCall, ApiOperation } from "./api-operation.ts";
import { ApiProblem, notFound } from "./api-problem.ts";
import { billingOperations } from "./billing-operations.ts";
import { catalogOperation } from "./catalog-operations.ts";
import { graphqlOperation } from "./graphql-operation.ts";
import { itemOperations } from "./item-operations.ts";
import { podOperations } from "./pod-operations.ts";
import { createRateLimits } from "./rate-limits.ts";
import { parseRecordedBody, type RecordedCall } from "./recorded-calls.ts";

type Bindings = { Bindings: { incoming: IncomingMessage; outgoing: ServerResponse } };

const maxRecordedCalls = 5_000;
const emptyList: ApiAnswer = { status: 200, body: { pods: [], endpoints: [] } };

/** The API's routes, and what has been called. */
export interface ApiApp {
  fetch: Hono<Bindings>["fetch"];
  calls(): readonly RecordedCall[];
}

/** Builds the stand-in of Runpod's REST v2 and of what is left of its GraphQL, on one account. */
export function createApiApp(options: {
  account: Account;
  autoscaler: Autoscaler;
  gatewayOrigin: string;
  bootMs: number;
  pollMs: number;
}): ApiApp {
  const { account } = options;
  const operations: readonly ApiOperation[] = [
    ...podOperations(options),
    ...endpointOperations(options),
    ...itemOperations,
    catalogOperation,
    ...billingOperations,
    graphqlOperation,
  ];
  const rateLimits = createRateLimits();
  const calls: RecordedCall[] = [];
  const app = new Hono<Bindings>();

  const answer = async (context: Context<Bindings>, operation: ApiOperation) => {
    const bodyText = await context.req.text();
    const record = (response: { status: number; headers: Headers } | null, answerBody: unknown) => {
      if (calls.length === maxRecordedCalls) calls.shift();
      calls.push({
        operation: operation.operation,
        method: context.req.method,
        path: context.req.url.replace(/^[a-z]+:\/\/[^/]+/, ""),
        requestBody: parseRecordedBody(bodyText, operation.operation),
        status: response?.status ?? null,
        answerHeaders: Object.fromEntries(response?.headers ?? []),
        answerBody,
      });
    };
    const isThis = (fault: { operation?: string | undefined }) =>
      fault.operation === undefined || fault.operation === operation.operation;
    const aheadMs = (account.faults.take("clock-off", isThis)?.minutes ?? 0) * 60_000;
    const headers = requestHeaders(account.clock.nowMs() + aheadMs);
    try {
      const caller = authenticate(account, context.req.header("authorization"));
      for (const [name, value] of Object.entries(rateLimits.count(account.clock.nowMs()))) {
        headers.set(name, value);
      }
      if (account.faults.take("silence", isThis)) {
        record(null, undefined);
        return neverAnswer();
      }
      refuseByFault(account, operation, isThis);
      const call: ApiCall = {
        account,
        nowMs: account.settle(),
        parameters: context.req.param(),
        query: new URL(context.req.url).searchParams,
        header: (name) => context.req.header(name),
        bodyText,
        caller,
        isOldContract: account.faults.take("old-contract") !== undefined,
      };
      if (account.faults.take("repeated", isThis)) operation.answer(call);
      const isEmptied =
        /^list(Pods|Endpoints)$/.test(operation.operation) && account.faults.take("empty-list");
      const result = isEmptied ? emptyList : operation.answer(call);
      const lost = account.faults.take("answer-lost", isThis);
      if (lost?.by === "500") throw new ApiProblem(500, "internal server error");
      if (lost !== undefined) {
        record(null, undefined);
        if (lost.by === "hang") return neverAnswer();
        context.env.incoming.socket.destroy();
        return RESPONSE_ALREADY_SENT;
      }
      const response = toResponse(result, headers);
      record(response, result instanceof Response ? undefined : result.body);
      return response;
    } catch (error) {
      const isProblem = error instanceof ApiProblem;
      if (!isProblem) console.error(error);
      const problem = isProblem ? error : new ApiProblem(500, "internal server error");
      const response = problemResponse(problem, headers);
      record(response, problem.body());
      return response;
    }
  };

  for (const operation of operations) {
    app.on(operation.method, operation.path, (context) => answer(context, operation));
  }
  for (const [path, known] of Map.groupBy(operations, (operation) => operation.path)) {
    const headers = { allow: known.map(({ method }) => method).join(", ") };
    const problem = new ApiProblem(405, "The requested method is not allowed for this path.", { headers });
    app.all(path, () => problemResponse(problem, requestHeaders(account.clock.nowMs())));
  }
  app.notFound(() => problemResponse(notFound(), requestHeaders(account.clock.nowMs())));
  return { fetch: app.fetch, calls: () => [...calls] };
}

/** Any key of the right form is good; its fingerprint is what the ledger remembers. */
function authenticate(account: Account, header: string | undefined): string {
  const [scheme, key] = (header ?? "").split(" ");
  if (scheme?.toLowerCase() !== "bearer" || key === undefined || key === "") {
    throw new ApiProblem(401, "missing bearer token");
  }
  if (!key.startsWith("rpa_") || account.faults.take("invalid-key")) {
    throw new ApiProblem(401, "unauthorized");
  }
  return createHash("sha256").update(key).digest("hex").slice(0, 8);
}

function refuseByFault(
  account: Account,
  operation: ApiOperation,
  isThis: (fault: { operation?: string | undefined }) => boolean,
): void {
  const { faults } = account;
  const refusal = faults.take("api-error", isThis);
  if (refusal !== undefined) {
    const { status, retryAfterSeconds } = refusal;
    const isLimit = status === 429;
    const detail =
      refusal.detail ?? (isLimit ? "rate limit exceeded for the minute window" : "internal server error");
    throw new ApiProblem(status, detail, {
      headers: isLimit ? { "retry-after": String(retryAfterSeconds) } : {},
    });
  }
  if (operation.method !== "GET" && operation.operation !== "graphql" && faults.take("read-only-key")) {
    throw new ApiProblem(403, "access denied");
  }
  if (operation.path.startsWith("/v2/account/secrets") && faults.take("no-secrets")) {
    throw new ApiProblem(404, "resource not found");
  }
}

function requestHeaders(nowMs: number): Headers {
  return new Headers({ "x-request-id": randomUUID(), date: new Date(nowMs).toUTCString() });
}

function problemResponse(problem: ApiProblem, headers: Headers): Response {
  for (const [name, value] of Object.entries(problem.headers)) headers.set(name, value);
  headers.set("content-type", "application/problem+json");
  return new Response(JSON.stringify(problem.body()), { status: problem.status, headers });
}

function toResponse(answer: ApiAnswer, headers: Headers): Response {
  if (answer instanceof Response) {
    for (const [name, value] of headers) answer.headers.set(name, value);
    return answer;
  }
  if (answer.body === undefined) return new Response(null, { status: answer.status, headers });
  headers.set("content-type", "application/json");
  return new Response(JSON.stringify(answer.body), { status: answer.status, headers });
}

function neverAnswer(): Promise<Response> {
  return new Promise(() => {});
}
