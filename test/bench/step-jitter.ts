import { createTimedEngine } from "../../rehearsal/src/model-server/timed-engine.ts";

const stepMs = 30;
const tokensPerStream = 150;

/**
 * Lets the timed engine serve many streams at once and tells how far the time between two tokens is from the profile's.
 *
 * The first tokens are left out: there the streams still join, and the code is still cold.
 */
export async function stepJitterBench(options: { streams: number }): Promise<Record<string, number>> {
  const { streams } = options;
  const engine = createTimedEngine({
    profile: { timePerOutputTokenMs: stepMs, stepGrowthPerSequence: 0, maxSequences: streams },
  });
  const startedCpu = process.cpuUsage();
  const startedMs = performance.now();
  const intervalsMs = (
    await Promise.all(Array.from({ length: streams }, (_, seed) => intervalsOfOneStream({ engine, seed })))
  ).flat();
  const { user, system } = process.cpuUsage(startedCpu);
  const wallMs = performance.now() - startedMs;
  await engine.close();
  const jitterMs = intervalsMs.map((interval) => Math.abs(interval - stepMs)).sort((a, b) => a - b);
  const percentile = (share: number) => jitterMs[Math.floor(jitterMs.length * share)] ?? Number.NaN;
  return {
    "step jitter p50 (ms)": percentile(0.5),
    "step jitter p99 (ms)": percentile(0.99),
    "step jitter max (ms)": percentile(1 - 1 / jitterMs.length),
    "mean step (ms)": intervalsMs.reduce((sum, interval) => sum + interval, 0) / intervalsMs.length,
    "share of one core (%)": ((user + system) / 1_000 / wallMs) * 100,
  };
}

function intervalsOfOneStream(options: {
  engine: ReturnType<typeof createTimedEngine>;
  seed: number;
}): Promise<number[]> {
  const { engine, seed } = options;
  const timesMs: number[] = [];
  return new Promise((resolve, reject) => {
    engine.generate(
      {
        promptTokens: [1, 2, 3, 4],
        maxTokens: tokensPerStream,
        temperature: 1,
        topP: 1,
        topK: 0,
        seed,
        ignoreEos: true,
        signal: new AbortController().signal,
      },
      {
        scheduled() {},
        token(_text, finishReason) {
          timesMs.push(performance.now());
          if (finishReason === null) return;
          resolve(timesMs.slice(20).map((time, index) => time - (timesMs[index + 19] ?? time)));
        },
        failed: reject,
      },
    );
  });
}
