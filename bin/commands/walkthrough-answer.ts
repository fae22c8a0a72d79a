// The walkthrough's question: from which load do four A40 GPUs pay against a service of 2024, and can they carry it?

import {
  breakEven,
  findPrice,
  forecast,
  loadPriceBook,
  loadPublishedThroughput,
  type PeerToPeer,
  type Price,
  roofline,
} from "workbook";
import { fewestStreams } from "workbook/serving";
import type { RunAnswer, SeenSource } from "./report/run-summary.ts";

const date = "2024-09-15";
const model = "meta-llama/Llama-3.1-70B-Instruct";
const machine = { gpu: "NVIDIA A40", gpuCount: 4 };
/** Of the same chip, with memory that is a tenth faster. */
const sister = { gpu: "NVIDIA RTX A6000", gpuCount: 4 };
/** As many tokens in as out; few users send and get the same at the same moment. */
const load = { inputTokens: 256, outputTokens: 256, lengthSpread: 0.5 };

/** One of the front page's answers, and where its figures stand. */
export interface Answered {
  answer: RunAnswer;
  sources: SeenSource[];
}

/** Answers the walkthrough's question from the tables of facts; `today` is the day of a price for measuring it. */
export function answerWalkthrough({ today }: { today: string }): Answered {
  const book = loadPriceBook();
  const card = { provider: "runpod", gpu: machine.gpu, kind: "gpu_hour_secure" } as const;
  const ofAzure = { provider: "azure", model, product: "Meta-Llama-3.1-70B-Instruct", date };
  const gpu = findPrice(book, { ...card, date });
  const input = findPrice(book, { ...ofAzure, kind: "input_tokens" });
  const output = findPrice(book, { ...ofAzure, kind: "output_tokens" });
  const gpuUsdPerHour = machine.gpuCount * gpu.value;
  const { outputTokensPerSecond } = breakEven({
    gpuUsdPerHour,
    inputUsdPerMillion: input.value,
    outputUsdPerMillion: output.value,
    inputTokensPerOutputToken: 1,
  });
  const gpuNow = findPrice(book, { ...card, date: today });
  const [alone] = roofline({ ...machine, model, streams: [1] }).points;
  const measuring = `an hour of measuring on 4 × A40 settles it, for about ${usd(machine.gpuCount * gpuNow.value)} (price seen ${gpuNow.observed})`;
  const reach = (peerToPeer: PeerToPeer) => reachBy(peerToPeer, outputTokensPerSecond);
  return {
    answer: {
      asked: "The walkthrough, 2024",
      sentence:
        `With the prices of September 2024, 4 × A40 at Runpod (${usd(gpuUsdPerHour)} an hour, seen ${gpu.observed}) cost less than Llama 3.1 70B at Azure ` +
        `(${usd(input.value)} in and ${usd(output.value)} out per million tokens, seen ${input.observed}) from ${outputTokensPerSecond.toFixed(1)} output tokens/s ` +
        `with as many in; ${sayWhether(reach("unknown"), measuring)}.`,
      rests: [
        `Forecast for ${load.inputTokens} tokens in and ${load.outputTokens} out. Cards that reach each other's memory (peer-to-peer): ${sayReach(reach("yes"))}. ` +
          `Cards that do not: ${sayReach(reach("no"))}. Which of the two a rented pod has, 01-deploy reads from its log; ${measuring}.`,
        `${reach("unknown").basis.text} One request at a time gets ${alone?.outputTokensPerSecond.toFixed(0) ?? "few"} tokens/s at most (computed ceiling).`,
      ],
      notebook: "04-cost",
    },
    sources: [
      seen(`A40 at Runpod, 2024: ${usd(gpu.value)} an hour`, gpu),
      seen(`A40 at Runpod, today: ${usd(gpuNow.value)} an hour`, gpuNow),
      seen(`Azure, 2024: ${usd(input.value)} in, ${usd(output.value)} out`, input),
      ...listRuns(),
    ],
  };
}

type Reach = ReturnType<typeof reachBy>;

/** From how many requests at a time the machine writes so many tokens per second, and how long they wait then. */
function reachBy(peerToPeer: PeerToPeer, outputTokensPerSecond: number) {
  const input = { ...machine, ...load, model, precision: "16-bit", peerToPeer } as const;
  const streams = fewestStreams(input, { outputTokensPerSecond });
  const { timeToFirstTokenMs, basis } = forecast({ ...input, streams: streams.typical ?? 1 });
  return { streams, timeToFirstTokenMs, basis };
}

/** Yes where the low end of the forecast suffices, no where the high end does not; else what settles it. */
function sayWhether({ streams }: Reach, measuring: string): string {
  if (streams.low === null) return "by the forecast they do not reach that";
  if (streams.high === null) return `whether they reach that the forecast leaves open: ${measuring}`;
  const run = findPublished();
  const seen =
    run === undefined
      ? ""
      : `, and a published run on 4 × RTX A6000, the same chip, wrote ${Math.round(run.outputTokensPerSecond ?? 0)} tokens/s (${run.published})`;
  return `they can: by the forecast from ${sayStreams(streams)}${seen}`;
}

function sayReach({ streams, timeToFirstTokenMs: wait }: Reach): string {
  if (streams.typical === null) return "never";
  const first =
    wait === null
      ? ""
      : `, first token after ${seconds(wait.typical)} s (${seconds(wait.low)} to ${seconds(wait.high)})`;
  return `from ${sayStreams(streams)}${first}`;
}

function sayStreams({ low, typical, high }: Reach["streams"]): string {
  return `about ${typical} requests at a time (${low} to ${high ?? "more than can be said"})`;
}

/** The run of the sister card with as many tokens in as out, and as many requests as it takes. */
function findPublished() {
  return loadPublishedThroughput({ ...sister, parametersBillion: 70.55 }).find(
    ({ precision, streams, inputTokensMean, outputTokensMean }) =>
      precision === "16-bit" &&
      streams === null &&
      inputTokensMean !== null &&
      inputTokensMean === outputTokensMean,
  );
}

function listRuns(): SeenSource[] {
  const own = loadPublishedThroughput({ ...machine, parametersBillion: 70.55 }).find(
    ({ engine, precision }) => engine === "vllm" && precision === "16-bit",
  );
  return [findPublished(), own].flatMap((run) => {
    if (run === undefined) return [];
    const { gpu, gpuCount, model: name, outputTokensPerSecond, published, sources } = run;
    const what = `${gpuCount} × ${gpu}, ${name}: ${Math.round(outputTokensPerSecond ?? 0)} output tokens/s`;
    return [{ name: what, observed: published, source: sources[0] ?? "" }];
  });
}

function seen(name: string, { observed, sources }: Price): SeenSource {
  return { name, observed, source: sources[0] ?? "" };
}

function usd(amount: number): string {
  return `$${amount.toFixed(2)}`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(1);
}
