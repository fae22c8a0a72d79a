import type { IncomingMessage, ServerResponse } from "node:http";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type Context, Hono } from "hono";
import { testedVllmVersion } from "workbook/facts";
import {
  createFaultChooser,
  type Fault,
  type FaultInput,
  faultHeader,
  findFault,
} from "../faults/chat-faults.ts";
import { listenerOf, listenOnLoopback, watchActivity } from "../loopback-server.ts";
import { findAdapter, withAdapter } from "./adapters.ts";
import { answerChat } from "./answer-chat.ts";
import { readChatRequest } from "./chat-request.ts";
import { randomId } from "./chat-wire.ts";
import type { Engine } from "./engine.ts";
import { type EngineOptions, loadEngine } from "./load-engine.ts";
import { modelList } from "./model-list.ts";
import { withQuirks } from "./model-quirks.ts";
import { parseBody, parseInvocation } from "./parse-body.ts";
import { readServerFlags, type ServerFlags } from "./server-flags.ts";
import { answerTokenize } from "./tokenize.ts";
import { VllmRefusal } from "./vllm-error.ts";
import { createVllmMetrics, type ServerCounts } from "./vllm-metrics.ts";

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
  /** What it has done so far, and does now. */
  counts(): ServerCounts;
  close(): Promise<void>;
}

interface ServeOptions {
  /** The model id to serve; default is the engine's own name. */
  model?: string | undefined;
  /** What the server says that it has loaded; default is the engine's own name. */
  root?: string | undefined;
  /** Default `sk-rehearsal`: not a secret, the server listens on loopback only. */
  apiKey?: string | undefined;
  /** Default: any free port. */
  port?: number | undefined;
  /** Faults of the whole server; a request can ask for its own with the `x-rehearsal-fault` header. */
  faults?: readonly FaultInput[] | undefined;
  /** Decides which requests a fault with a `rate` hits. */
  seed?: number | undefined;
  /** What vLLM's arguments would switch on or off; default as vLLM's, but with tool calls. */
  flags?: Partial<ServerFlags> | undefined;
}

/** Which engine a vLLM-shaped server runs, and how it serves it. */
export interface ModelServerOptions extends EngineOptions, ServeOptions {}

/**
 * Starts a vLLM-shaped server in this process, on loopback.
 *
 * @throws SettingsError where no model is installed, WorkbookError where it cannot be loaded or the port is taken.
 */
export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  return serveEngine(await loadEngine(options), options);
}

/**
 * Serves an engine the way vLLM 0.33 serves a model, on loopback: same routes, bodies, errors and metrics.
 *
 * Its key guards what vLLM's key guards, `/v1` and below, and leaves open what vLLM leaves open. `/version` says that
 * this is a rehearsal.
 */
export async function serveEngine(engine: Engine, options: ServeOptions): Promise<ModelServer> {
  const { apiKey = "sk-rehearsal", model = engine.model, root = engine.model, port } = options;
  const chooseFaults = createFaultChooser({ faults: options.faults ?? [], seed: options.seed ?? 0 });
  const hasFault = (kind: FaultInput["kind"]) =>
    options.faults?.some((fault) => fault.kind === kind) === true;
  const flags = { ...readServerFlags([]), toolCalls: true, ...options.flags };
  const hasPrefixCache = flags.prefixCaching && !hasFault("no-prefix-cache");
  // Engines are shared; what one server has read is no other's.
  const cacheSpace = hasPrefixCache ? randomId("server") : undefined;
  const metrics = createVllmMetrics({
    model,
    maxModelTokens: engine.maxModelTokens,
    maxSequences: engine.maxSequences,
    hasPrefixCache,
  });

  const app = new Hono<Bindings>();
  app.use(async (context, next) => {
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
    return chatTemplate === undefined ? engine : withQuirks(engine, { chatTemplate });
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
    const adapter = findAdapter(body, flags.adapters);
    const servedModel = adapter?.name ?? model;
    const request = readChatRequest({
      body,
      servedModel,
      engine: withTemplateOf(faults),
      hasToolParser: flags.toolCalls,
    });
    answerChat({
      response: context.env.outgoing,
      request,
      engine: adapter === undefined ? engine : withAdapter(engine, adapter),
      metrics,
      servedModel,
      // What was computed with an adapter is of no use without it.
      cacheSpace: cacheSpace && `${cacheSpace}/${adapter?.name ?? ""}`,
      tellsCached: flags.promptTokensDetails,
      faults,
    });
    return RESPONSE_ALREADY_SENT;
  };

  const empty = (context: Context) => context.body(null, 200, { "content-length": "0" });
  app.get("/health", empty);
  app.on(["GET", "POST"], "/ping", empty);
  app.get("/version", (context) =>
    context.json({
      version: testedVllmVersion,
      rehearsal: {
        model: engine.model,
        simulated: !engine.isRealModel,
        samplingDefaults: engine.samplingDefaults ?? {},
        pid: process.pid,
      },
    }),
  );
  // vLLM mounts the page for every method.
  if (!hasFault("no-counters")) {
    app.all("/metrics", async (context) =>
      context.body(await metrics.page(), 200, { "content-type": "text/plain; version=1.0.0; charset=utf-8" }),
    );
  }
  app.get("/v1/models", (context) =>
    context.json(modelList({ model, root, engine, adapters: flags.adapters })),
  );
  app.post("/v1/chat/completions", (context) => chat(context, parseBody));
  app.post("/invocations", (context) => chat(context, parseInvocation));
  app.post("/tokenize", async (context) => {
    const body = parseBody(await context.req.text(), context.req.header("content-type"));
    return context.json(
      answerTokenize({ body, servedModel: findAdapter(body, flags.adapters)?.name ?? model, engine }),
    );
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

  const activity = watchActivity();
  const server = await listenOnLoopback(activity.watch(listenerOf(app)), { name: "The model server", port });
  return {
    baseUrl: `${server.origin}/v1`,
    apiKey,
    model,
    idleMs: activity.idleMs,
    counts: metrics.counts,
    async close() {
      await server.close();
      await engine.close();
    },
  };
}

function hasKey(header: string | undefined, apiKey: string): boolean {
  const [scheme, key, ...rest] = (header ?? "").split(" ");
  return scheme?.toLowerCase() === "bearer" && key === apiKey && rest.length === 0;
}

/** Waits, but no longer than the client does; returns whether the client has gone. */
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
