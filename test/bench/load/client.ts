import { bareLoop } from "./bare-loop.ts";

// A process of its own: one client, and nothing else that would take its processor.

/** What one client measured, and what it cost. */
export interface ClientReport {
  tokensPerSecond: number;
  wholeRunTokensPerSecond: number;
  tokens: number;
  timeToFirstTokenMsP50: number;
  timePerOutputTokenMsP50: number;
  cpuMicrosecondsPerEvent: number;
  memoryMb: number;
  verdict: string;
}

/** What a client is to do. */
export interface ClientOrder {
  client: "instrument" | "bare loop";
  baseUrl: string;
  apiKey: string;
  streams: number;
  requestsPerStream: number;
  outputTokens: number;
  rampMs: number;
}

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
