// The walkthrough's question: from which load do four A40 GPUs pay against a service of 2024, and can they carry it?

import { findPrice, loadPriceBook, loadPublishedThroughput, roofline, tokenOffers } from "workbook";
import { statePaying } from "workbook/cost";
import { providerName } from "workbook/facts";
import { seen } from "workbook/run-findings";
import { shortName } from "workbook/words";
import type { RunAnswer, SeenSource } from "./report/run-summary.ts";

const date = "2024-09-15";
const model = "meta-llama/Llama-3.1-70B-Instruct";
const machine = { gpu: "NVIDIA A40", gpuCount: 4 };
/** As many tokens in as out; few users send and get the same at the same moment. */
const load = { inputTokens: 512, outputTokens: 512, lengthSpread: 0.5 };

/** One of the front page's answers, and where its figures stand. */
export interface Answered {
  answer: RunAnswer;
  sources: SeenSource[];
}

/** Answers the walkthrough's question from the tables of facts. */
export function answerWalkthrough(): Answered {
  const book = loadPriceBook();
  const card = findPrice(book, { provider: "runpod", gpu: machine.gpu, kind: "gpu_hour_secure", date });
  const offers = tokenOffers(book, { model, date }).filter(({ isRouter }) => !isRouter);
  const served = { ...machine, ...load, model, precision: "16-bit" } as const;
  const { sentence, rests } = statePaying({ served, card, offers, date });
  const runs = findRuns();
  const [alone] = roofline({ ...machine, model, streams: [1] }).points;
  return {
    answer: {
      asked: "The walkthrough, 2024",
      sentence: [
        "The walkthrough is the workbook's example: four A40 cards, as a workshop of 2024 rented them.",
        sentence,
        ...runs.slice(0, 1).map(sayRun),
      ].join(" "),
      rests: [
        ...rests,
        ...runs.slice(1).map(sayRun),
        `With one request at a time the hardware allows at most ${alone?.outputTokensPerSecond.toFixed(0) ?? "a few"} output tokens per second.`,
      ],
      notebook: "04-cost",
    },
    sources: [
      seen(`A40 at Runpod, 2024: $${card.value} an hour`, card),
      ...offers.map((offer) => {
        const { inputUsdPerMillion, outputUsdPerMillion } = offer;
        return seen(
          `${providerName(offer.provider)}, 2024: $${inputUsdPerMillion} in, $${outputUsdPerMillion} out`,
          offer,
        );
      }),
      ...runs.map(({ run, what }) => seen(what, { ...run, observed: run.published })),
    ],
  };
}

/** The run of the same chip on another card with as many tokens in as out, and that of the cards themselves. */
function findRuns() {
  const find = (gpu: string, isEven: boolean) =>
    loadPublishedThroughput({ gpu, gpuCount: machine.gpuCount, parametersBillion: 70.55 }).find(
      ({ engine, precision, streams, inputTokensMean, outputTokensMean }) =>
        engine === "vllm" &&
        precision === "16-bit" &&
        streams === null &&
        (!isEven || (inputTokensMean !== null && inputTokensMean === outputTokensMean)),
    );
  const runs = [find("NVIDIA RTX A6000", true), find(machine.gpu, false)];
  return runs.flatMap((run) => {
    if (run === undefined) return [];
    const { gpuCount, gpu, model: name, engineVersion, outputTokensPerSecond } = run;
    const rate = Math.round(outputTokensPerSecond ?? 0);
    const software = ["vLLM", engineVersion].filter((part) => part !== null).join(" ");
    const cards = `${gpuCount} × ${shortName(gpu)}${gpu === machine.gpu ? "" : ", which has the same chip,"}`;
    return [{ run, what: `${cards} wrote ${rate} tokens per second (${name} on ${software})` }];
  });
}

function sayRun({ run, what }: ReturnType<typeof findRuns>[number]): string {
  return `In a run that others published (${run.published}), ${what}.`;
}
