// The walkthrough's question: from which load do four A40 GPUs pay against a service of 2024, and can they carry it?

import {
  breakEven,
  findPrice,
  loadPriceBook,
  loadPublishedThroughput,
  publishedCapacity,
  roofline,
} from "workbook";
import type { SeenSource } from "./report/run-summary.ts";

const date = "2024-09-15";
const model = "meta-llama/Llama-3.1-70B-Instruct";
const machine = { gpu: "NVIDIA A40", gpuCount: 4 };

/** The answer, in one line for the load and one for whether the machine carries it, and where its figures stand. */
export interface WalkthroughAnswer {
  /** Computed from published prices. */
  breakEven: string;
  /** From published runs and a computed ceiling; `null` where the tables have no run of that machine. */
  inPractice: string | null;
  sources: SeenSource[];
}

/** Answers the walkthrough's question from the tables of facts. */
export function answerWalkthrough(): WalkthroughAnswer {
  const book = loadPriceBook();
  const ofAzure = { provider: "azure", model, product: "Meta-Llama-3.1-70B-Instruct", date };
  const gpu = findPrice(book, { provider: "runpod", gpu: machine.gpu, kind: "gpu_hour_secure", date });
  const input = findPrice(book, { ...ofAzure, kind: "input_tokens" });
  const output = findPrice(book, { ...ofAzure, kind: "output_tokens" });
  const gpuUsdPerHour = machine.gpuCount * gpu.value;
  const needed = breakEven({
    gpuUsdPerHour,
    inputUsdPerMillion: input.value,
    outputUsdPerMillion: output.value,
    inputTokensPerOutputToken: 1,
  });
  const tokensPerHour = Math.round(needed.inputTokensPerHour).toLocaleString("en-US");
  const practice = describePractice(needed.outputTokensPerSecond);
  return {
    breakEven:
      `with the prices of September 2024, Llama 3.1 70B and one token in for each out, 4 × A40 at Runpod ` +
      `($${gpuUsdPerHour.toFixed(2)} an hour) pay against Azure ($${input.value} in, $${output.value} out per million tokens${input.to === null ? "" : `, until ${input.to}`}) ` +
      `from ${tokensPerHour} tokens each way per hour: ${needed.totalTokensPerSecond.toFixed(1)} tokens/s in total, ` +
      `${needed.outputTokensPerSecond.toFixed(1)} of them output`,
    inPractice: practice?.text ?? null,
    sources: [
      {
        name: `A40 at Runpod, 2024: $${gpu.value} an hour`,
        observed: gpu.observed,
        source: gpu.sources[0] ?? "",
      },
      {
        name: `Azure, 2024: $${input.value} in, $${output.value} out`,
        observed: input.observed,
        source: input.sources[0] ?? "",
      },
      ...(practice?.sources ?? []),
    ],
  };
}

/** Says whether published runs reach a rate of output, and what one stream can get at most. */
function describePractice(outputTokensPerSecond: number): { text: string; sources: SeenSource[] } | null {
  const runs = loadPublishedThroughput({ ...machine, parametersBillion: 70.55 });
  const full = runs.filter(({ precision }) => precision === "16-bit");
  const writing = full.find(({ engine, model: name }) => engine === "vllm" && name.endsWith("Instruct"));
  const reading = full.find((run) => run.engine === "llama.cpp" && run.inputTokensPerSecond !== null);
  if (writing === undefined || reading === undefined) return null;
  const { prefillTokensPerSecond, decodeTokensPerSecond, source } = publishedCapacity({ writing, reading });
  const busy = outputTokensPerSecond / prefillTokensPerSecond + outputTokensPerSecond / decodeTokensPerSecond;
  const [alone] = roofline({ ...machine, model, streams: [1] }).points;
  const text =
    `4 × A40 ${busy <= 1 ? "can do that" : "cannot do that"} with many requests at once: it takes ${(busy * 100).toFixed(0)} % of what ` +
    `published runs reach (${source}); one request at a time gets ${alone?.outputTokensPerSecond.toFixed(0) ?? "few"} ` +
    `tokens/s of output at most (computed). How long users wait at that load is not published: measure it with 03-throughput`;
  const sources = [
    { name: `Writing, ${writing.model}: ${writing.outputTokensPerSecond} tokens/s`, run: writing },
    { name: `Reading, ${reading.model}: ${reading.inputTokensPerSecond} tokens/s`, run: reading },
  ].map(({ name, run }) => ({ name, observed: run.published, source: run.sources[0] ?? "" }));
  return { text, sources };
}
