import { decide } from "../../lib/src/decide/index.ts";
import { describeLoad } from "../../lib/src/traffic/index.ts";

const models = ["meta-llama/Llama-3.3-70B-Instruct", "Qwen/Qwen3-32B", "openai/gpt-oss-120b"];
const latencyTarget = { timeToFirstTokenMs: 2_000, timePerOutputTokenMs: 100, percentile: 95 };

/** Decides between three models on every card, twice: the first time pays for compiling and for reading the tables. */
export async function decideBench(): Promise<Record<string, number>> {
  const load = describeLoad({
    requestsPerMonth: 2_000_000,
    inputTokens: 1_000,
    outputTokens: 250,
    hours: "office",
  });
  const run = () => {
    const startedMs = performance.now();
    const { ways } = decide({ models, load, latencyTarget });
    return { ms: performance.now() - startedMs, ways: ways.length };
  };
  const [first, second] = [run(), run()];
  return {
    ways: second.ways,
    "first time (ms)": first.ms,
    "again (ms)": second.ms,
    "again, for each 1,000 ways (ms)": (second.ms / second.ways) * 1_000,
  };
}
