import { bareLoop, type ClientOrder, type ClientReport } from "./bare-loop.ts";

// A process of its own: one client, and nothing else that would take its processor.

process.once("message", async (order: ClientOrder) => {
  const report = order.client === "bare loop" ? await bareLoop(order) : await instrument(order);
  process.send?.(report, () => process.disconnect());
});

async function instrument(order: ClientOrder): Promise<ClientReport> {
  const { baseUrl, apiKey, streams, requestsPerStream, outputTokens, rampMs } = order;
  const { connectEndpoint } = await import("../../../lib/src/endpoint/index.ts");
  const { measureThroughput } = await import("../../../lib/src/measure/index.ts");
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
