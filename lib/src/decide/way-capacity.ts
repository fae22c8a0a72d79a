import type { Capacity } from "../cost/index.ts";
import { findGpu, findModel, loadGpus, type Precision } from "../facts/index.ts";
import { type Band, type ForecastInput, forecast, type Roofline, roofline } from "../serving/index.ts";
import { shortName } from "./api-ways.ts";
import type { Bits, Decision, Way } from "./decide-types.ts";

export type ForecastRequest = Omit<ForecastInput, "streams" | "requestsPerSecond">;

/** Names one machine of a way in a few words, such as `2 × A40, 4-bit`. */
export function nameMachine({ gpu, gpuCount, precision }: Way): string {
  const name = gpu === null ? null : findGpu(gpu, loadGpus())?.name;
  return `${gpuCount} × ${name ?? gpu}, ${precision}`;
}

/** The machine of a way with the lengths of a load, as `forecast` takes it; `null` for a model that is in no table. */
export function requestOf(way: Way, load: Decision["load"]): ForecastRequest | null {
  const { model, gpu, gpuCount, precision } = way;
  if (findModel(model) === null || gpu === null || gpuCount === null || precision === null) return null;
  const { inputTokens, outputTokens, lengthSpread, cachedInputShare } = load;
  return { model, gpu, gpuCount, precision, inputTokens, outputTokens, lengthSpread, cachedInputShare };
}

/** What one machine of a way does within the target, at the mix of the load. */
export function capacityOf(
  machine: Way,
  given: Decision & { request: ForecastRequest | null; rates: Band },
): Capacity {
  const { load, request, latencyTarget, date } = given;
  const { low, typical, high } = given.rates;
  const { model, gpu, gpuCount, sources } = machine;
  const rate = typical > 0 ? typical : high;
  const [slowest, fastest] = [low > 0 ? low : rate, Math.max(high, rate)];
  const perRequest = shareRequest(request, load);
  return {
    prefillTokensPerSecond: perRequest.read * rate,
    decodeTokensPerSecond: perRequest.written * rate,
    prefillRange: [perRequest.read * slowest, perRequest.read * fastest],
    decodeRange: [perRequest.written * slowest, perRequest.written * fastest],
    atLatency: latencyTarget,
    isLimit: true,
    kind: "computed",
    source: `forecast of ${shortName(model)} on ${nameMachine(machine)}`,
    sources,
    date,
    model,
    gpu,
    gpuCount,
  };
}

/**
 * How many tokens a machine would read in the time of one request, with nothing to write, and the other way round: the
 * time of a request is shared between both as their forecasts, each for itself, are.
 */
function shareRequest(
  request: ForecastRequest | null,
  { inputTokens, outputTokens, cachedInputShare }: Decision["load"],
): { read: number; written: number } {
  const alone = { lengthSpread: 0, cachedInputShare: 0, streams };
  const [reading, writing] =
    request === null
      ? []
      : [
          forecast({ ...request, ...alone, outputTokens: 1 }).inputTokensPerSecond,
          forecast({ ...request, ...alone, inputTokens: 1 }).outputTokensPerSecond,
        ];
  // A rate of writing that has the reading in it.
  if (!reading || !writing) return { read: Number.POSITIVE_INFINITY, written: outputTokens };
  const tokens = Math.max(1, inputTokens * (1 - cachedInputShare));
  const [read, written] = [tokens / reading.typical, outputTokens / writing.typical];
  return { read: (tokens * (read + written)) / read, written: (outputTokens * (read + written)) / written };
}

/** As many as keep a machine busy. */
const streams = 32;

/** The ceiling of a way's machine; `null` for a model that is in no table. */
export function ceilingOf(request: ForecastRequest | null, { checkpoint, precision }: Way): Roofline | null {
  if (request === null || checkpoint === null || precision === null) return null;
  const { gpu, gpuCount, inputTokens, outputTokens } = request;
  const bits = ofBits[precision];
  return roofline({
    gpu,
    gpuCount,
    model: checkpoint,
    // On average a stream has written half of its answer.
    contextTokens: Math.round(inputTokens + outputTokens / 2),
    ...(bits === null ? {} : { precision: bits }),
  });
}

/** A checkpoint of 4 bits says itself in which form. */
const ofBits: Record<Bits, Precision | null> = { "16-bit": "bf16", fp8: "fp8", int8: "int8", "4-bit": null };
