import { type Capacity, forecastCapacity, type Latency } from "../cost/index.ts";
import { findModel } from "../facts/index.ts";
import { type ForecastInput, forecast } from "../serving/index.ts";
import type { Decision, Way } from "./decide-types.ts";

/** A machine of a decision, with what a forecast needs to know of it. */
export interface DecidedMachine {
  way: Way;
  /** How many of it the busiest minute takes. */
  machines: number;
  request: Omit<ForecastInput, "streams" | "requestsPerSecond"> & { model: string };
}

/** Finds the machine that a decision would rent: its answer, else the cheapest; `null`: there is none, or no forecast of its model. */
export function findDecidedMachine({
  answer,
  cheapestMachine,
  worthMeasuring,
  ways,
  load,
  peerToPeer,
}: Decision): DecidedMachine | null {
  const candidates = [answer, cheapestMachine, worthMeasuring?.way, ...ways];
  const way = candidates.find((one) => one?.serves === "machine" && findModel(one.model) !== null);
  if (way?.gpu == null || way.gpuCount === null || way.precision === null) return null;
  const { inputTokens, outputTokens, lengthSpread } = load;
  const { gpu, gpuCount, precision, model } = way;
  const link = peerToPeer === null ? {} : { peerToPeer };
  const request = { model, gpu, gpuCount, precision, ...link, inputTokens, outputTokens, lengthSpread };
  return { way, machines: way.machines?.typical ?? 1, request };
}

/** Forecasts what a decided machine can do, with what was measured of its prefix cache. */
export function decidedCapacity(
  { way: { prefixCache }, request }: DecidedMachine,
  latencyTarget: Latency | null,
): Capacity | null {
  const capacity = forecastCapacity(request, latencyTarget);
  return capacity === null || prefixCache == null ? capacity : { ...capacity, warm: prefixCache };
}

/** Where nobody knows how the cards are linked: both cases; else the machine as it is. */
export function listLinks({ request }: DecidedMachine): DecidedMachine["request"][] {
  const { peerToPeer } = forecast({ ...request, streams: 1 });
  if (peerToPeer !== "unknown") return [request];
  return [
    { ...request, peerToPeer: "yes" },
    { ...request, peerToPeer: "no" },
  ];
}
