import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Kernel, startKernel } from "./run-cells.ts";

/** A server whose first token takes longer than a reader waits without a sign. */
const slowServer = `import { askQuestions, loadTrace, measureThroughput, openEndpoint, replayTraceOn, startModelServer } from "workbook";
const slow = await startModelServer({
  engine: "timed",
  profile: {
    timeToFirstTokenMs: 2_500, prefillTokensPerSecond: 20_000, timePerOutputTokenMs: 30,
    stepGrowthPerSequence: 0.005, maxSequences: 256, maxModelTokens: 8_192,
  },
});
const endpoint = await openEndpoint({ baseUrl: slow.baseUrl, apiKey: slow.apiKey });`;

describe("what takes longer than two seconds shows how far it is", () => {
  let kernel: Kernel;
  before(async () => {
    kernel = startKernel();
    await kernel.run([{ code: slowServer }]);
  });
  after(() => kernel.close());

  for (const [code, seen] of [
    [
      'await askQuestions(endpoint, [{ question: "Two and two?", check: "number", expected: 4 }], { answerTokens: 8 });',
      /^Asking, seconds waited: \d/,
    ],
    [
      "await measureThroughput(endpoint, { streams: [1], requestsPerStream: 1, promptTokens: 16, outputTokens: 4 });",
      /^Measuring, seconds waited: \d+, .*requests/,
    ],
    [
      'await replayTraceOn(endpoint, await loadTrace("azure-2023-conversation"), { maxTokens: 3_000, maxMinutes: 0.2 });',
      /^Sending the log's requests, seconds waited: \d/,
    ],
  ] as const) {
    test(code.slice("await ".length, code.indexOf("(")), async () => {
      const events = await kernel.run([{ code }]);
      const texts = events.flatMap((event) =>
        event.type === "message" && /display_data$/.test(event.messageType)
          ? [String((event.content["data"] as Record<string, unknown>)["text/plain"])]
          : [],
      );
      assert.ok(
        texts.some((text) => seen.test(text)),
        JSON.stringify(
          events.filter((event) => event.type === "message").map(({ content }) => content),
        ).slice(0, 2_000),
      );
    });
  }
});
