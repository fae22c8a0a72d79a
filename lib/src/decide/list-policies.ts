import { allPolicies, type Policy, type ReplayPrices } from "../cost/index.ts";
import type { StartTimes } from "../runpod/index.ts";
import type { Decision } from "./decide-types.ts";
import { shareLate } from "./machine-ways.ts";
import { findOfficeWindow } from "./office-window.ts";

/** Every policy that has a price, with the opening hours and the workers that this load calls for. */
export function listPolicies(
  { load, latencyTarget }: Decision,
  given: { prices: ReplayPrices; mostMachines: number; starts: StartTimes },
): Policy[] {
  const { prices, mostMachines } = given;
  const { podMinutes: startMinutes, workerSeconds: coldStartSeconds } = given.starts;
  const window = findOfficeWindow(load, shareLate(latencyTarget ?? undefined));
  return allPolicies.flatMap((policy): Policy[] => {
    const { kind } = policy;
    if (kind === "business-hours") {
      if (window === null) return [];
      const { fromHour, toHour, days } = window;
      return [{ kind, pods: "enough", fromHour, toHour, days, startMinutes }];
    }
    if (kind === "serverless") {
      const maxWorkers = Math.min(1_000, Math.max(3, Math.ceil(mostMachines)));
      return prices.serverlessUsdPerSecond === null ? [] : [{ kind, maxWorkers, coldStartSeconds }];
    }
    if (kind === "autostop") return [{ kind, startMinutes }];
    if (kind === "maas") return prices.inputUsdPerMillion === null ? [] : [policy];
    if (kind === "maas-batch") return prices.batchPriceFactor === null ? [] : [policy];
    return [policy];
  });
}
