// The walkthrough's question: from which load do four A40 GPUs pay against a service of 2024, and can they carry it?

import {
  breakEven,
  findPrice,
  loadPriceBook,
  loadPublishedThroughput,
  publishedCapacity,
  roofline,
} from "workbook";
import type { RunAnswer, SeenSource } from "./report/run-summary.ts";

const date = "2024-09-15";
const model = "meta-llama/Llama-3.1-70B-Instruct";
const machine = { gpu: "NVIDIA A40", gpuCount: 4 };

/** One of the front page's answers, and where its figures stand. */
export interface Answered {
  answer: RunAnswer;
  sources: SeenSource[];
}

/** Answers the walkthrough's question from the tables of facts. */
export function answerWalkthrough(): Answered {
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
  const practice = describePractice(needed.outputTokensPerSecond);
  return {
    answer: {
      asked: "The walkthrough, 2024",
      sentence:
        `With the prices of September 2024, 4 × A40 at Runpod ($${gpuUsdPerHour.toFixed(2)} an hour) cost less than Llama 3.1 70B at Azure ` +
        `($${input.value} in, $${output.value} out per million tokens) from ${needed.outputTokensPerSecond.toFixed(1)} output tokens/s, with as many in: ${practice.text}.`,
      rests: practice.rests,
      notebook: "04-cost",
    },
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
      ...practice.sources,
    ],
  };
}

/** Says whether published runs reach a rate of output, and what one stream can get at most. */
function describePractice(outputTokensPerSecond: number): {
  text: string;
  rests: string[];
  sources: SeenSource[];
} {
  const runs = loadPublishedThroughput({ ...machine, parametersBillion: 70.55 });
  const full = runs.filter(({ precision }) => precision === "16-bit");
  const writing = full.find(({ engine, model: name }) => engine === "vllm" && name.endsWith("Instruct"));
  const reading = full.find((run) => run.engine === "llama.cpp" && run.inputTokensPerSecond !== null);
  const unknown = "the tables have no run of that machine";
  if (writing === undefined || reading === undefined) return { text: unknown, rests: [], sources: [] };
  const { prefillTokensPerSecond, decodeTokensPerSecond, source } = publishedCapacity({ writing, reading });
  const busy = outputTokensPerSecond / prefillTokensPerSecond + outputTokensPerSecond / decodeTokensPerSecond;
  const [alone] = roofline({ ...machine, model, streams: [1] }).points;
  const text = `${busy <= 1 ? "they can do that" : "they cannot do that"} with many requests at once`;
  const rests = [
    `It takes ${(busy * 100).toFixed(0)} % of what published runs reach (${source}); one request at a time gets ` +
      `${alone?.outputTokensPerSecond.toFixed(0) ?? "few"} tokens/s of output at most.`,
  ];
  const sources = [
    { name: `Writing, ${writing.model}: ${writing.outputTokensPerSecond} tokens/s`, run: writing },
    { name: `Reading, ${reading.model}: ${reading.inputTokensPerSecond} tokens/s`, run: reading },
  ].map(({ name, run }) => ({ name, observed: run.published, source: run.sources[0] ?? "" }));
  return { text, rests, sources };
}
