import { interpolatedPercentile } from "../../../lib/src/statistics.ts";
import type { Engine } from "../../../rehearsal/src/model-server/engine.ts";
import { serveEngine } from "../../../rehearsal/src/model-server/model-server.ts";
import { createTimedEngine } from "../../../rehearsal/src/model-server/timed-engine.ts";

// A process of its own: the timed engine behind HTTP, and beside it a count of tokens that knows nothing of HTTP.

/** What the server counted by itself, over the time in which all streams were running at once. */
export interface ServerTruth {
  tokensPerSecond: number;
  tokens: number;
  timeToFirstTokenMsP50: number;
  timePerOutputTokenMsP50: number;
}

const [streams = 1, outputTokens = 1] = process.argv.slice(2).map(Number);

let truth = startCount();
const engine = createTimedEngine({
  profile: {
    timeToFirstTokenMs: 30,
    prefillTokensPerSecond: 10_000_000,
    timePerOutputTokenMs: 30,
    stepGrowthPerSequence: 0,
    maxSequences: 8_192,
  },
});
const server = await serveEngine(counting(engine), { apiKey: "sk-bench", model: "timed" });
process.on("message", (message) => {
  if (message === "report") {
    process.send?.(truth.result());
    truth = startCount();
  } else void server.close().then(() => process.disconnect());
});
process.send?.({ baseUrl: server.baseUrl, apiKey: server.apiKey });

/** Counts the requests of the load; those of a warm-up are shorter. */
function counting(inner: Engine): Engine {
  return {
    ...inner,
    generate(generation, sink) {
      if (generation.maxTokens !== outputTokens) return inner.generate(generation, sink);
      const count = truth;
      const startedAt = performance.now();
      let firstAt = 0;
      count.began();
      return inner.generate(generation, {
        ...sink,
        token(text, finishReason) {
          const now = performance.now();
          if (firstAt === 0) {
            firstAt = now;
            count.firstTokensMs.push(now - startedAt);
          }
          count.token(now);
          if (finishReason !== null) {
            count.ended(now);
            count.perTokenMs.push((now - firstAt) / (generation.maxTokens - 1));
          }
          sink.token(text, finishReason);
        },
      });
    },
  };
}

function startCount() {
  const firstTokensMs: number[] = [];
  const perTokenMs: number[] = [];
  let running = 0;
  let tokens = 0;
  let window: { startAt: number; endAt: number; tokensBefore: number; tokensAtEnd: number } | null = null;
  return {
    firstTokensMs,
    perTokenMs,
    began() {
      running++;
      if (running === streams && window === null) {
        const now = performance.now();
        window = { startAt: now, endAt: now, tokensBefore: tokens, tokensAtEnd: tokens };
      }
    },
    token(_now: number) {
      tokens++;
    },
    ended(now: number) {
      // The last moment with all streams: whoever ends then and is replaced moves it on.
      if (running === streams && window !== null) {
        window.endAt = now;
        window.tokensAtEnd = tokens;
      }
      running--;
    },
    result(): ServerTruth {
      const seconds = window === null ? 0 : (window.endAt - window.startAt) / 1_000;
      const p50 = (values: number[]) =>
        interpolatedPercentile(
          values.sort((a, b) => a - b),
          0.5,
        );
      return {
        tokensPerSecond: window === null ? 0 : (window.tokensAtEnd - window.tokensBefore) / seconds,
        tokens,
        timeToFirstTokenMsP50: p50(firstTokensMs),
        timePerOutputTokenMsP50: p50(perTokenMs),
      };
    },
  };
}
