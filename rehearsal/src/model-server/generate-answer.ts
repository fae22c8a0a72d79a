import { randomSeed } from "workbook/seeded-random";
import type { ChatRequest } from "./chat-request.ts";
import type { Engine } from "./engine.ts";
import { createStopScanner } from "./stop-strings.ts";
import type { FinishedReason, VllmMetrics } from "./vllm-metrics.ts";

/** One token's worth of an answer, as it may be shown: `text` is often empty while a stop string could still come. */
export interface AnswerStep {
  text: string;
  completionTokens: number;
  /** How many tokens of the prompt the prefix cache held. */
  cachedTokens: number;
  /** `null` until the last step. */
  ending: { reason: "stop" | "length"; stop: string | null } | null;
}

/**
 * Generates one answer: engine, stop strings and metrics together, one call of `onStep` per token.
 *
 * Returns a function that cancels it; after that no further step comes.
 */
export function generateAnswer(options: {
  engine: Engine;
  metrics: VllmMetrics;
  request: ChatRequest;
  /** Left out, nothing is taken from the prefix cache. */
  cacheSpace: string | undefined;
  onStep: (step: AnswerStep) => void;
  onError: (error: unknown) => void;
}): () => void {
  const { engine, metrics, request, cacheSpace, onStep, onError } = options;
  const controller = new AbortController();
  const requestMetrics = metrics.request({
    promptTokens: request.promptTokens.length,
    maxTokens: request.maxTokens,
  });
  const scanner = createStopScanner(request.stops);
  let completionTokens = 0;
  let cachedTokens = 0;
  let isOver = false;
  const end = (reason: FinishedReason) => {
    isOver = true;
    requestMetrics.finished(reason);
  };
  const step = (text: string, ending: AnswerStep["ending"]) =>
    onStep({ text, completionTokens, cachedTokens, ending });
  engine.generate(
    {
      ...request,
      ...(cacheSpace === undefined ? {} : { cacheSpace }),
      seed: request.seed ?? randomSeed(),
      signal: controller.signal,
    },
    {
      scheduled(cached) {
        cachedTokens = cached;
        if (!isOver) requestMetrics.scheduled(cached);
      },
      token(text, finishReason) {
        if (isOver) return;
        completionTokens++;
        requestMetrics.token();
        const scan = scanner.push(text);
        if (scan.stop !== null) {
          end("stop");
          controller.abort();
          step(scan.text, { reason: "stop", stop: scan.stop });
        } else if (finishReason !== null) {
          end(finishReason);
          step(scan.text + scanner.rest(), { reason: finishReason, stop: null });
        } else {
          step(scan.text, null);
        }
      },
      failed(error) {
        if (isOver) return;
        end("error");
        onError(error);
      },
    },
  );
  return () => {
    if (isOver) return;
    end("abort");
    controller.abort();
  };
}
