import { InputError } from "../../errors.ts";
import { type ForecastBand, findGpu, type Gpu, loadGpus, type PeerToPeer } from "../../facts/index.ts";
import { requireChoice, requireNumber } from "../../require-number.ts";
import { sharesHeads } from "../split-model.ts";
import { mostTokens } from "./constants.ts";
import type { ForecastInput } from "./forecast-input.ts";
import { type ResolvedShape, resolveShape } from "./forecast-shape.ts";
import { buildMachine, listGpuCounts, type Machine } from "./machine.ts";
import type { NotCovered } from "./not-covered.ts";
import type { LoadOfForecast } from "./run-load.ts";

/** What a forecast is computed from, once its input makes sense. */
export interface CheckedInput {
  /** One, or two where nobody knows whether the cards reach one another directly. */
  machines: readonly Machine[];
  load: LoadOfForecast;
  group: ForecastBand["group"];
  /** `null` on one card. */
  peerToPeer: PeerToPeer | null;
  /** Why nothing can be said at all; empty where something can. */
  gaps: readonly NotCovered[];
}

/** Checks what was asked for; throws an InputError that names the field and what it takes. */
export function checkInput(input: ForecastInput): CheckedInput {
  const { gpuCount, precision, kvCacheDtype = "auto", engine = {} } = input;
  const { mostStreams, stepTokens, version = "1" } = engine;
  const load = checkLoad(input);
  requireChoice("forecast", { precision }, ["16-bit", "fp8", "int8", "4-bit"]);
  requireNumber(
    "forecast",
    { "engine.mostStreams": mostStreams, "engine.stepTokens": stepTokens },
    { whole: true, from: 1, optional: true },
  );
  if (typeof version !== "string" || !/^\d+(\.\d+){0,3}$/.test(version)) {
    throw new InputError(`forecast: engine.version is ${JSON.stringify(version)}.`, {
      remedy: "Give vLLM's version, such as 0.33.0.",
      problem: "out-of-range",
      field: "engine.version",
    });
  }
  requireChoice("forecast", { kvCacheDtype }, ["auto", "fp8"]);
  requireNumber("forecast", { gpuCount }, { whole: true, from: 1 });
  const gpu = requireGpu(input.gpu);
  const model = resolveShape(input.model);
  const peerToPeer = choosePeerToPeer(input, gpu);
  requireSplit(input, model);
  const build = (link: Gpu["link"], count = gpuCount) =>
    buildMachine({ model, gpu, gpuCount: count, precision, link, kvCacheDtype, asked: engine });
  const machines = listLinks(gpu, peerToPeer).map((link) => build(link));
  const gaps = [...model.notCovered, ...(gpu.bf16DenseTflops === null ? [noArithmetic(gpu)] : [])];
  const longest = Math.ceil((input.inputTokens + input.outputTokens) * (1 + load.lengthSpread));
  const fits = (count: number) => build(gpu.link, count).cacheTokens >= longest;
  if (gaps.length === 0 && !fits(gpuCount)) throw doesNotFit(input, gpu, fits);
  return { machines, load, group: groupOf(model, gpu, gpuCount), peerToPeer, gaps };
}

function checkLoad(input: ForecastInput): LoadOfForecast {
  const { inputTokens, outputTokens, lengthSpread = 0, cachedInputShare = 0 } = input;
  const { streams, requestsPerSecond } = input;
  requireNumber("forecast", { inputTokens, outputTokens }, { from: 1, to: mostTokens });
  requireNumber("forecast", { lengthSpread, cachedInputShare }, { from: 0, to: 1 });
  if ((streams === undefined) === (requestsPerSecond === undefined)) {
    const given = streams === undefined ? "neither of them" : "both";
    throw new InputError(`forecast: give either streams or requestsPerSecond; it has ${given}.`, {
      remedy: "Give one: streams for so many requests at any time, requestsPerSecond for arrivals at random.",
      problem: "out-of-range",
      field: "streams",
    });
  }
  const lengths = { inputTokens, outputTokens, lengthSpread, cachedInputShare };
  if (streams !== undefined) {
    requireNumber("forecast", { streams }, { whole: true, from: 1, to: 4_096 });
    return { ...lengths, streams };
  }
  requireNumber("forecast", { requestsPerSecond }, { above: 0, to: 100_000 });
  return { ...lengths, ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }) };
}

function requireGpu(name: string): Gpu {
  const gpus = loadGpus();
  const gpu = findGpu(String(name), gpus);
  if (gpu !== null) return gpu;
  throw new InputError(`forecast: the GPU ${JSON.stringify(name)} is not in the table.`, {
    remedy: `It knows: ${gpus.map(({ id }) => id).join(", ")}.`,
    field: "gpu",
  });
}

function choosePeerToPeer({ gpuCount, peerToPeer }: ForecastInput, gpu: Gpu): PeerToPeer | null {
  const word = typeof peerToPeer === "boolean" ? (peerToPeer ? "yes" : "no") : peerToPeer;
  if (word !== undefined) requireChoice("forecast", { peerToPeer: word }, ["yes", "no", "unknown"]);
  if (gpuCount === 1) return null;
  return word ?? (gpu.nvlink ? "yes" : "unknown");
}

function listLinks(gpu: Gpu, peerToPeer: PeerToPeer | null): Gpu["link"][] {
  if (peerToPeer === "no") return ["no-peer-to-peer"];
  return peerToPeer === "unknown" ? [gpu.link, "no-peer-to-peer"] : [gpu.link];
}

function requireSplit({ gpuCount }: ForecastInput, { shape, id }: ResolvedShape): void {
  const possible = listGpuCounts().filter((count) => sharesHeads(shape, count));
  if (possible.includes(gpuCount)) return;
  throw new InputError(
    `forecast: gpuCount is ${gpuCount}: ${listGpuCounts().includes(gpuCount) ? `the heads of ${id ?? "the model"} cannot be shared out over so many cards` : "for so many cards the speed of the link is not known"}.`,
    {
      remedy: `Give gpuCount ${possible.join(" or ")}.`,
      problem: listGpuCounts().includes(gpuCount) ? "cannot-split" : "out-of-range",
      field: "gpuCount",
    },
  );
}

function doesNotFit(
  { gpuCount, inputTokens, outputTokens, precision }: ForecastInput,
  gpu: Gpu,
  fits: (count: number) => boolean,
): InputError {
  const fewest = listGpuCounts().find((count) => count > gpuCount && fits(count));
  return new InputError(
    `forecast: the model in ${precision} does not fit ${gpuCount} × ${gpu.name} together with a request of ` +
      `${inputTokens} + ${outputTokens} tokens.`,
    {
      remedy:
        fewest === undefined
          ? "Take cards with more memory, or fewer bits a weight."
          : `${fewest} × ${gpu.name} hold it; or take fewer bits a weight.`,
      problem: "does-not-fit",
      field: "gpuCount",
    },
  );
}

function groupOf({ shape }: ResolvedShape, gpu: Gpu, gpuCount: number): ForecastBand["group"] {
  if (shape.experts > 0) return "experts";
  if (gpuCount === 1) return "dense, one card";
  return gpu.nvlink ? "dense, NVLink" : "dense, PCIe";
}

function noArithmetic(gpu: Gpu): NotCovered {
  return {
    reason: "arithmetic",
    text: `The arithmetic of the ${gpu.name} is not known: its sources disagree.`,
  };
}
