import { connectEndpoint } from "../../lib/src/endpoint/index.ts";
import { type Measurement, measureThroughput } from "../../lib/src/measure/index.ts";
import { scalingEfficiency, startRouter } from "../../lib/src/scale-out/index.ts";
import { startModelServerProcess } from "../../rehearsal/src/index.ts";

const streamsPerWorker = 16;

/**
 * Measures through the real router how throughput grows with workers, each a timed engine in a process of its own.
 *
 * The engines write as fast at any load up to their limit, so what is missing to 1 is the router and this machine.
 */
export async function routerBench(): Promise<Record<string, number>> {
  const measured = [];
  for (const workers of [1, 2, 4]) measured.push({ workers, measurement: await measureWith(workers) });
  const rows = scalingEfficiency(measured);
  return Object.fromEntries(
    rows.flatMap(({ workers, outputTokensPerSecond, efficiency, verdict }) => [
      [`${workers} workers (tokens/s, ${verdict})`, outputTokensPerSecond],
      [`${workers} workers, efficiency (%)`, efficiency * 100],
    ]),
  );
}

async function measureWith(workers: number): Promise<Measurement> {
  const servers = await Promise.all(
    Array.from({ length: workers }, () =>
      startModelServerProcess({
        engine: "timed",
        model: "small",
        profile: { timePerOutputTokenMs: 40, stepGrowthPerSequence: 0, maxSequences: streamsPerWorker },
      }),
    ),
  );
  const endpoints = await Promise.all(servers.map((server) => connectEndpoint(server)));
  const router = await startRouter({ endpoints, policy: "round_robin" });
  try {
    return await measureThroughput(await connectEndpoint(router), {
      streams: [streamsPerWorker * workers],
      requestsPerStream: 5,
      promptTokens: 64,
      outputTokens: 64,
      maxTokens: Infinity,
      workers: endpoints,
      write: () => {},
    });
  } finally {
    await router.close();
    await Promise.all(servers.map((server) => server.kill()));
  }
}
