import { replayTrace, type TraceReplay } from "../cost/index.ts";
import { hoursPerMonth, loadPriceBook, loadServerlessPrices, type PriceBook } from "../facts/index.ts";
import { findStartTimes } from "../runpod/index.ts";
import type { Decision, Way } from "./decide-types.ts";
import { decidedCapacity, findDecidedMachine } from "./decided-machine.ts";
import { listPolicies } from "./list-policies.ts";

/**
 * Replays the load of a decision, request by request, on the machine that it would rent and at its cheapest API, under every
 * policy that has a price.
 *
 * @returns `null` where no machine holds the model, or nothing can be forecast of it.
 */
export function replayDecision(
  decision: Decision,
  { book = loadPriceBook() }: { book?: PriceBook } = {},
): TraceReplay | null {
  const { load, latencyTarget, date } = decision;
  const decided = findDecidedMachine(decision);
  // The replay finds the waits for the first token itself.
  const pace = latencyTarget === null ? null : { ...latencyTarget, timeToFirstTokenMs: null };
  const capacity = decided && decidedCapacity(decided, pace);
  if (decided === null || capacity === null) return null;
  const { gpu, gpuCount } = decided.request;
  const second = loadServerlessPrices({ book, date }).find(({ gpuIds }) => gpuIds.includes(gpu));
  const perGpuSecond = second?.usdPerGpuSecond ?? null;
  const offer = decision.cheapestApi?.offer ?? null;
  const { batchInputUsdPerMillion: batch = null } = offer ?? {};
  const { gpuUsdPerHour, storageUsdPerMonth } = splitBill(decided.way);
  const timeToFirstTokenMs = latencyTarget?.timeToFirstTokenMs ?? null;
  const prices = {
    gpuUsdPerHour,
    storageUsdPerMonth,
    stoppedStorageUsdPerMonth: storageUsdPerMonth,
    serverlessStorageUsdPerMonth: storageUsdPerMonth,
    serverlessUsdPerSecond: perGpuSecond === null ? null : perGpuSecond * gpuCount,
    inputUsdPerMillion: offer?.inputUsdPerMillion ?? null,
    outputUsdPerMillion: offer?.outputUsdPerMillion ?? null,
    cachedInputUsdPerMillion: offer?.cachedInputUsdPerMillion ?? null,
    batchPriceFactor: offer === null || batch === null ? null : batch / offer.inputUsdPerMillion,
  };
  const { checkpoint, model } = decided.way;
  const starts = findStartTimes(decision.starts, { model: checkpoint ?? model, gpu, gpuCount });
  const mostMachines = decided.way.machines?.high ?? 1;
  const replay = replayTrace({
    trace: load.trace,
    capacity,
    prices,
    policies: listPolicies(decision, { prices, mostMachines, starts }),
    ...(timeToFirstTokenMs === null
      ? {}
      : { latencyTarget: { timeToFirstTokenMs, percentile: latencyTarget?.percentile ?? 95 } }),
  });
  return { ...replay, assumptions: [...replay.assumptions, starts.sentence] };
}

/** What an hour of the machine's GPUs costs, and its disks by the month. */
export function splitBill({ gpuUsdPerHour, gpuCount, usdPerHour }: Way): {
  gpuUsdPerHour: number;
  storageUsdPerMonth: number;
} {
  const ofGpus = (gpuUsdPerHour ?? 0) * (gpuCount ?? 0);
  return {
    gpuUsdPerHour: ofGpus,
    storageUsdPerMonth: Math.max(0, ((usdPerHour ?? ofGpus) - ofGpus) * hoursPerMonth),
  };
}
