import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type Context, Hono } from "hono";
import { WorkbookError } from "workbook/errors";
import {
  createFaultChooser,
  type Fault,
  type FaultInput,
  faultHeader,
  findFault,
} from "../faults/chat-faults.ts";
import { answerChat } from "./answer-chat.ts";
import { readChatRequest } from "./chat-request.ts";
import { randomId } from "./chat-wire.ts";
import type { Engine } from "./engine.ts";
import { wearQuirks } from "./model-quirks.ts";
import { parseBody, parseInvocation } from "./parse-body.ts";
import { answerTokenize } from "./tokenize.ts";
import { VllmRefusal } from "./vllm-error.ts";
import { createVllmMetrics } from "./vllm-metrics.ts";

type Bindings = { Bindings: { incoming: IncomingMessage; outgoing: ServerResponse } };

/** A vLLM-shaped server that runs in this process. */
export interface ModelServer {
  /** Ends in `/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** The model id that it serves. */
  readonly model: string;
  /** Milliseconds since a request last came in, or 0 while one is being answered. */
  idleMs(): number;
  close(): Promise<void>;
}

/**
 * Serves an engine the way vLLM 0.32 serves a model, on loopback: same routes, bodies, errors and metrics.
 *
 * Its key guards what vLLM's key guards, `/v1` and below, and leaves open what vLLM leaves open. `/version` says that
 * this is a rehearsal.
 */
export async function serveEngine(options: {
  engine: Engine;
  apiKey: string;
  /** The served id; default is the engine's own name. */
  model?: string | undefined;
  /** What the server says that it has loaded; default is the engine's own name. */
  root?: string | undefined;
  /** Default: any free port. */
  port?: number | undefined;
  faults?: readonly FaultInput[] | undefined;
  /** Decides which requests a fault with a `rate` hits. */
  seed?: number | undefined;
}): Promise<ModelServer> {
  const { engine, apiKey, model = engine.model, root = engine.model, port = 0 } = options;
  const chooseFaults = createFaultChooser({ faults: options.faults ?? [], seed: options.seed ?? 0 });
  const metrics = createVllmMetrics({
    model,
    maxModelTokens: engine.maxModelTokens,
    maxSequences: engine.maxSequences,
  });
  let openRequests = 0;
  let lastRequestAtMs = performance.now();

  const app = new Hono<Bindings>();
  app.use(async (context, next) => {
    lastRequestAtMs = performance.now();
    openRequests++;
    context.env.outgoing.once("close", () => {
      openRequests--;
      lastRequestAtMs = performance.now();
    });
    const isGuarded = /^\/(v1|v2|inference)/.test(context.req.path) && context.req.method !== "OPTIONS";
    if (isGuarded && !hasKey(context.req.header("authorization"), apiKey)) {
      return context.json({ error: "Unauthorized" }, 401);
    }
    // Hono answers HEAD with a route's GET and ignores a slash at the end; vLLM does neither.
    if (context.req.method === "HEAD") return context.notFound();
    await next();
    if (context.res !== RESPONSE_ALREADY_SENT) context.header("vary", "Origin");
    return;
  });

  const withTemplateOf = (faults: readonly Fault[]): Engine => {
    const isMissing = findFault(faults, "no-chat-template") !== undefined;
    const chatTemplate = isMissing ? "missing" : findFault(faults, "no-system-role")?.template;
    return chatTemplate === undefined ? engine : wearQuirks(engine, { chatTemplate });
  };
  const chat = async (
    context: Context<Bindings>,
    readBody: (text: string, contentType: string | undefined) => unknown,
  ) => {
    const body = readBody(await context.req.text(), context.req.header("content-type"));
    const faults = chooseFaults(context.req.header(faultHeader));
    const delay = findFault(faults, "slow-first-byte");
    if (delay !== undefined && (await isGoneAfter(context.env.outgoing, delay.delayMs))) {
      return RESPONSE_ALREADY_SENT;
    }
    const refusal = findFault(faults, "status");
    if (refusal !== undefined) throw faultRefusal(refusal);
    const request = readChatRequest({ body, servedModel: model, engine: withTemplateOf(faults) });
    answerChat({ response: context.env.outgoing, request, engine, metrics, servedModel: model, faults });
    return RESPONSE_ALREADY_SENT;
  };

  const empty = (context: Context) => context.body(null, 200, { "content-length": "0" });
  app.get("/health", empty);
  app.on(["GET", "POST"], "/ping", empty);
  app.get("/version", (context) =>
    context.json({
      version: "0.32.0",
      rehearsal: {
        model: engine.model,
        simulated: !engine.isRealModel,
        samplingDefaults: engine.samplingDefaults ?? {},
        pid: process.pid,
      },
    }),
  );
  app.get("/metrics", async (context) =>
    context.body(await metrics.page(), 200, { "content-type": "text/plain; version=1.0.0; charset=utf-8" }),
  );
  app.get("/v1/models", (context) => context.json(modelList({ model, root, engine })));
  app.post("/v1/chat/completions", (context) => chat(context, parseBody));
  app.post("/invocations", (context) => chat(context, parseInvocation));
  app.post("/tokenize", async (context) => {
    const body = parseBody(await context.req.text(), context.req.header("content-type"));
    return context.json(answerTokenize({ body, servedModel: model, engine }));
  });
  const methods = new Map(app.routes.map((route) => [route.path, route.method]));
  app.notFound((context) => {
    const { path } = context.req;
    const withoutSlash = path.replace(/\/$/, "");
    if (withoutSlash !== path && methods.has(withoutSlash)) {
      return context.body(null, 307, {
        location: new URL(withoutSlash, context.req.url).href,
        vary: "Origin",
      });
    }
    const allowed = methods.get(path);
    return allowed === undefined || allowed === "ALL"
      ? context.json({ detail: "Not Found" }, 404, { vary: "Origin" })
      : context.json({ detail: "Method Not Allowed" }, 405, { allow: allowed, vary: "Origin" });
  });
  app.onError((error, context) => {
    const known =
      error instanceof VllmRefusal
        ? error
        : new VllmRefusal(error.message, { status: 500, type: "InternalServerError" });
    return Response.json(known.body(), {
      status: known.status,
      headers: { "content-type": "application/json", vary: context.req.header("origin") ?? "Origin" },
    });
  });

  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new WorkbookError(`The model server could not listen on 127.0.0.1:${port}.`, {
          remedy: "Choose another port, or 0 for any free one.",
          cause,
        }),
      ),
    );
    server.listen({ host: "127.0.0.1", port, backlog: 4_096 }, resolve);
  });
  const { port: boundPort } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${boundPort}/v1`,
    apiKey,
    model,
    idleMs: () => (openRequests > 0 ? 0 : performance.now() - lastRequestAtMs),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      if ("closeAllConnections" in server) server.closeAllConnections();
      await closed;
      await engine.close();
    },
  };
}

function hasKey(header: string | undefined, apiKey: string): boolean {
  const [scheme, key, ...rest] = (header ?? "").split(" ");
  return scheme?.toLowerCase() === "bearer" && key === apiKey && rest.length === 0;
}

function modelList(options: { model: string; root: string; engine: Engine }) {
  const { model, root, engine } = options;
  const createdSeconds = Math.floor(Date.now() / 1_000);
  return {
    object: "list",
    data: [
      {
        id: model,
        object: "model",
        created: createdSeconds,
        owned_by: "vllm",
        root,
        parent: null,
        max_model_len: engine.maxModelTokens,
        permission: [
          {
            id: randomId("modelperm"),
            object: "model_permission",
            created: createdSeconds,
            allow_create_engine: false,
            allow_sampling: true,
            allow_logprobs: true,
            allow_search_indices: false,
            allow_view: true,
            allow_fine_tuning: false,
            organization: "*",
            group: null,
            is_blocking: false,
          },
        ],
      },
    ],
  };
}

/** Waits, but no longer than the client does; tells whether it has gone. */
function isGoneAfter(response: ServerResponse, delayMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const onClose = () => {
      clearTimeout(timer);
      resolve(true);
    };
    const timer = setTimeout(() => {
      response.off("close", onClose);
      resolve(false);
    }, delayMs);
    response.once("close", onClose);
  });
}

function faultRefusal(fault: { status: number; message?: string | undefined }): VllmRefusal {
  const { status } = fault;
  const type = status >= 500 ? "InternalServerError" : status === 429 ? "RateLimitError" : "BadRequestError";
  return new VllmRefusal(fault.message ?? `A fault of the rehearsal: HTTP ${status}.`, { status, type });
}
