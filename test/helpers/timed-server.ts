import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { connectEndpoint, type Endpoint } from "../../lib/src/endpoint/index.ts";
import { type FaultInput, faultHeader } from "../../rehearsal/src/faults/chat-faults.ts";
import { type ModelServer, startModelServer } from "../../rehearsal/src/index.ts";
import type { TimedProfile } from "../../rehearsal/src/model-server/timed-engine.ts";

/** Starts a vLLM-shaped server without a model, quick unless told otherwise, that ends with the test, and opens it. */
export async function openTimedServer(
  context: TestContext,
  profile: Partial<TimedProfile> = { timeToFirstTokenMs: 5, timePerOutputTokenMs: 2 },
): Promise<{ server: ModelServer; endpoint: Endpoint }> {
  const server = await startModelServer({ engine: "timed", model: "small", profile });
  context.after(() => server.close());
  const endpoint = await connectEndpoint({ baseUrl: server.baseUrl, apiKey: server.apiKey });
  return { server, endpoint };
}

/** The request headers that make the server's answer to this request go wrong. */
export function withFault(fault: FaultInput): Record<string, string> {
  return { [faultHeader]: JSON.stringify(fault) };
}

/** Reads one figure of the server's `/metrics`, all its labels added up. */
export async function readMetric(server: ModelServer, name: string): Promise<number> {
  const response = await fetch(server.baseUrl.replace("/v1", "/metrics"));
  const lines = (await response.text()).split("\n").filter((line) => line.startsWith(`vllm:${name}{`));
  assert.notEqual(lines.length, 0, `/metrics has no vllm:${name}`);
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}

/** Waits until the server works on as many requests as given. */
export async function waitForRunning(server: ModelServer, requests: number): Promise<void> {
  while ((await readMetric(server, "num_requests_running")) !== requests) await delay(5);
}
