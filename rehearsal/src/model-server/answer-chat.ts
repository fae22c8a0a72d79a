import type { ServerResponse } from "node:http";
import { type Fault, findFault } from "../faults/chat-faults.ts";
import { wholeBlocks } from "./cache/cache-blocks.ts";
import type { ChatRequest } from "./chat-request.ts";
import {
  type AnswerIdentity,
  type AnswerText,
  chatCompletion,
  randomId,
  streamEvents,
  type Usage,
} from "./chat-wire.ts";
import type { Engine } from "./engine.ts";
import { type AnswerStep, generateAnswer } from "./generate-answer.ts";
import { createReasoningSplitter } from "./split-reasoning.ts";
import { callMessage, createDeltas, finishReasonOf } from "./tools/tool-call.ts";
import { VllmRefusal } from "./vllm-error.ts";
import type { VllmMetrics } from "./vllm-metrics.ts";

interface AnswerOptions {
  response: ServerResponse;
  request: ChatRequest;
  engine: Engine;
  metrics: VllmMetrics;
  servedModel: string;
  /** Left out, there is no prefix cache. */
  cacheSpace: string | undefined;
  /** Whether usage says what came from the prefix cache. */
  tellsCached: boolean;
  faults: readonly Fault[];
}

/** Answers a chat request on Node's own response, streamed or whole; a client that goes away stops the generation. */
export function answerChat(options: AnswerOptions): void {
  if (options.request.isStream) streamAnswer(options);
  else sendAnswer(options);
}

function identify(servedModel: string): AnswerIdentity {
  return { id: randomId("chatcmpl"), createdSeconds: Math.floor(Date.now() / 1_000), model: servedModel };
}

function sendAnswer(options: AnswerOptions): void {
  const { response, request, engine, servedModel, faults } = options;
  const { reasoningField } = engine;
  const splitter = createReasoningSplitter({ reasoningField, isThinking: request.isThinking });
  const text = { thought: "", content: "" };
  const cancel = generateAnswer({
    ...options,
    onStep(step) {
      addTo(text, splitter.push(step.text, step.ending !== null));
      if (step.ending === null) return;
      const usage = findFault(faults, "missing-usage") ? null : splitter.count(usageOf(step, options));
      const { reason, stop } = step.ending;
      const isWhole = reason === "stop" && stop === null;
      const call = request.call === null ? {} : callMessage(request.call, text.content, isWhole);
      const finishReason = finishReasonOf(request.call, reason);
      const answer = { ...identify(servedModel), text, call, reasoningField, finishReason, stop, usage };
      sendJson(response, 200, chatCompletion(answer));
    },
    onError: (error) => sendRefusal(response, internalError(error)),
  });
  response.on("close", cancel);
}

function streamAnswer(options: AnswerOptions): void {
  const { response, request, engine, servedModel, faults } = options;
  const identity = identify(servedModel);
  const hidesUsage = findFault(faults, "missing-usage") !== undefined;
  const includeUsage = request.includeUsage && !hidesUsage;
  const { reasoningField } = engine;
  const hasRunningUsage = request.hasRunningUsage && !hidesUsage;
  const events = streamEvents({ ...identity, hasRunningUsage });
  const writeDeltas = createDeltas(request.call, reasoningField);
  const splitter = createReasoningSplitter({ reasoningField, isThinking: request.isThinking });
  const tokensPerChunk = findFault(faults, "chunked-tokens")?.tokensPerChunk ?? 1;
  const breakOff = breakOffFault(faults, request);
  let pending = { thought: "", content: "" };
  let pendingTokens = 0;

  const cancel = generateAnswer({
    ...options,
    onStep(step) {
      const { completionTokens, ending } = step;
      const piece = splitter.push(step.text, ending !== null);
      const usage = splitter.count(usageOf(step, options));
      let output = "";
      if (completionTokens === 1) {
        // vLLM sends its headers with the first token, and the role chunk in the same write.
        response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", vary: "Origin" });
        output += events.role({ ...usage, completionTokens: 0 });
      }
      if (breakOff !== undefined && completionTokens > breakOff.afterTokens) {
        if (output !== "") response.write(output);
        cancel();
        breakOffBy(breakOff.kind);
        return;
      }
      addTo(pending, piece);
      pendingTokens++;
      if (ending !== null) {
        const deltas = writeDeltas(pending, true);
        const last = deltas.pop() ?? "{}";
        for (const delta of deltas) output += events.delta(delta, usage);
        const reason = finishReasonOf(request.call, ending.reason);
        output += events.finish(last, { reason, stop: ending.stop, isLast: !includeUsage }, usage);
        if (includeUsage) output += events.usage(usage);
        response.end(output + events.done);
        return;
      }
      if (pendingTokens >= tokensPerChunk) {
        for (const delta of writeDeltas(pending, false)) output += events.delta(delta, usage);
        pending = { thought: "", content: "" };
        pendingTokens = 0;
      }
      if (output !== "") response.write(output);
    },
    onError(error) {
      if (!response.headersSent) return sendRefusal(response, internalError(error));
      response.end(events.error(internalError(error).message) + events.done);
    },
  });
  response.on("close", cancel);

  function breakOffBy(kind: (typeof breakOffKinds)[number]): void {
    if (kind === "truncated") response.end();
    else if (kind === "reset") response.destroy();
    else if (kind === "error-in-stream") {
      response.end(
        events.error("EngineCore encountered an issue. See stack trace (above) for the root cause.") +
          events.done,
      );
    }
    // A stall sends nothing more and leaves the connection open.
  }
}

function usageOf(step: AnswerStep, { request, cacheSpace, tellsCached }: AnswerOptions): Usage {
  const { completionTokens, cachedTokens } = step;
  const promptTokens = request.promptTokens.length;
  if (!tellsCached) return { promptTokens, completionTokens };
  const created = cacheSpace === undefined ? 0 : wholeBlocks(promptTokens) - cachedTokens;
  const promptDetails = { cached_tokens: cachedTokens, created_cache_tokens: created };
  return { promptTokens, completionTokens, promptDetails };
}

function addTo(text: AnswerText, piece: AnswerText): void {
  text.thought += piece.thought;
  text.content += piece.content;
}

const breakOffKinds = ["stall", "truncated", "reset", "error-in-stream"] as const;

function breakOffFault(faults: readonly Fault[], { messages }: ChatRequest) {
  const atTurn = findFault(faults, "reset-at-turn");
  const turn = messages.filter(({ role }) => role === "user").length;
  if (atTurn !== undefined && turn >= atTurn.turn) return { ...atTurn, kind: "reset" as const };
  return breakOffKinds.map((kind) => findFault(faults, kind)).find((fault) => fault !== undefined);
}

function internalError(error: unknown): VllmRefusal {
  const message = error instanceof Error ? error.message : String(error);
  return new VllmRefusal(message, { status: 500, type: "InternalServerError" });
}

function sendRefusal(response: ServerResponse, refusal: VllmRefusal): void {
  sendJson(response, refusal.status, refusal.body());
}

/** Sends a JSON body with vLLM's headers. */
function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    vary: "Origin",
  });
  response.end(text);
}
