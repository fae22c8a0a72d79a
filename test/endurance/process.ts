import { connectEndpoint } from "../../lib/src/endpoint/index.ts";
import { measureThroughput } from "../../lib/src/measure/index.ts";
import { startModelServer } from "../../rehearsal/src/index.ts";

// A process of its own for each side, so that the memory of each can be told. Asked for its memory, it first collects what
// is garbage.

/** What a process says of itself. */
export interface MemoryReport {
  /** What JavaScript still holds, and the buffers that it refers to, in MB. */
  heldMb: number;
  /** What the system has given to the process, in MB. */
  residentMb: number;
}

/** What the client is to do. */
export interface EnduranceOrder {
  baseUrl: string;
  apiKey: string;
  streams: number;
  seconds: number;
}

/** What came of the load. */
export interface EnduranceResult {
  requests: number;
  failed: number;
  outputTokens: number;
  verdict: string;
}

const outputTokens = 128;

process.on("message", (message: "memory" | "serve" | "close" | EnduranceOrder) => {
  if (message === "memory") process.send?.({ memory: readMemory() });
  else if (message === "close") process.exit();
  else void (message === "serve" ? serve() : load(message)).then((said) => process.send?.(said));
});

function readMemory(): MemoryReport {
  for (let times = 0; times < 3; times++) globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heldMb: (heapUsed + external) / 1e6, residentMb: rss / 1e6 };
}

async function serve(): Promise<{ address: { baseUrl: string; apiKey: string } }> {
  const profile = {
    timeToFirstTokenMs: 200,
    timePerOutputTokenMs: 250,
    stepGrowthPerSequence: 0,
    maxSequences: 512,
    cacheTokens: 65_536,
  };
  const { baseUrl, apiKey } = await startModelServer({ engine: "timed", model: "small", profile });
  return { address: { baseUrl, apiKey } };
}

async function load({ streams, seconds, ...address }: EnduranceOrder): Promise<{ result: EnduranceResult }> {
  const { levels } = await measureThroughput(await connectEndpoint(address), {
    ...{ streams: [streams], secondsPerLevel: seconds, promptTokens: 64, outputTokens },
    ...{ maxTokens: Infinity, maxMinutes: seconds / 60 + 10 },
  });
  const [level] = levels;
  if (level === undefined) throw new Error("Nothing was measured.");
  return {
    result: {
      requests: level.requests.completed,
      failed: level.requests.failed,
      outputTokens: level.clientTokens.output ?? 0,
      verdict: `${level.verdict}. ${level.reason}`,
    },
  };
}
