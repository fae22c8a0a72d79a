// A process of its own: one client, and nothing else that would take its processor or its memory. So it is JavaScript, and
// loads the library as it is built, as users have it: to read TypeScript takes Node 20 MB.

/** @import { ClientOrder, ClientReport } from "./client-order.ts" */

process.once("message", async (/** @type {ClientOrder} */ order) => {
  const { bareLoop } = await import("./bare-loop.mjs");
  const report = order.client === "bare loop" ? await bareLoop(order) : await instrument(order);
  process.send?.(report, () => process.disconnect());
});

/**
 * @param {ClientOrder} order
 * @returns {Promise<ClientReport>}
 */
async function instrument({ baseUrl, apiKey, streams, requestsPerStream, outputTokens, rampMs }) {
  const { connectEndpoint } = await import("workbook/endpoint");
  const { measureThroughput } = await import("workbook/measure");
  const endpoint = await connectEndpoint({ baseUrl, apiKey });
  const { levels } = await measureThroughput(endpoint, {
    streams: [streams],
    requestsPerStream,
    promptTokens: 32,
    outputTokens,
    rampMs,
    maxTokens: Infinity,
    onRecord() {},
    onProgress() {},
  });
  const [level] = levels;
  if (level === undefined) throw new Error("The instrument measured nothing.");
  return {
    tokensPerSecond: level.outputTokensPerSecond ?? 0,
    wholeRunTokensPerSecond: level.wholeRun.outputTokensPerSecond ?? 0,
    tokens: level.clientTokens.output ?? 0,
    timeToFirstTokenMsP50: level.timeToFirstTokenMs.p50 ?? 0,
    timePerOutputTokenMsP50: level.timePerOutputTokenMs.p50 ?? 0,
    cpuMicrosecondsPerEvent: level.client.cpuMicrosecondsPerEvent,
    memoryMb: level.client.memoryMb,
    verdict: `${level.verdict}. ${level.reason}`,
  };
}
