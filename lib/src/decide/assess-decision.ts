import { type Assessment, type AssessmentInput, assessBreakEven, type regionChart } from "../cost/index.ts";
import { hoursPerMonth, loadPriceBook, type PriceBook, tokenOffers } from "../facts/index.ts";
import type { Decision } from "./decide-types.ts";
import { decidedCapacity, findDecidedMachine } from "./decided-machine.ts";
import { splitBill } from "./replay-decision.ts";

/** The machine of a decision against its cheapest API, for `sensitivityChart` and `regionChart`. */
export interface AssessedDecision {
  assessment: Assessment;
  /** The same without ranges, for `assessWhatIfs`. */
  input: AssessmentInput;
  region: Parameters<typeof regionChart>[0];
  labels: { machine: string; api: string };
}

/** Assumed: half a day of somebody's work in a week. */
const mostPeopleUsdPerMonth = 800;

/**
 * Assesses the machine that a decision would rent against its cheapest API: with the prices of all hosts, the machine's speed within
 * the band of its forecast, its hours from those that have requests to all, and nobody or somebody who looks after it.
 *
 * @returns `null` where there is no machine, no forecast of it, or no API.
 */
export function assessDecision(
  decision: Decision,
  { book = loadPriceBook() }: { book?: PriceBook } = {},
): AssessedDecision | null {
  const { load, latencyTarget, date } = decision;
  const decided = findDecidedMachine(decision);
  const offer = decision.cheapestApi?.offer ?? null;
  const capacity = decided && decidedCapacity(decided, latencyTarget);
  if (decided === null || offer === null || capacity === null) return null;
  const { model, gpu, gpuCount } = decided.request;
  const { gpuUsdPerHour, storageUsdPerMonth } = splitBill(decided.way);
  const current = tokenOffers(book, { model, date }).filter(
    ({ isRouter, status }) => !isRouter && status === "current",
  );
  const rangeOf = (key: "inputUsdPerMillion" | "outputUsdPerMillion") => {
    const asked = [offer, ...current].map((host) => host[key]);
    return { lowest: Math.min(...asked), typical: offer[key], highest: Math.max(...asked) };
  };
  const openHours = (load.hours.filter((part) => part > 0).length / load.hours.length) * hoursPerMonth;
  const inputTokensPerOutputToken = load.inputTokens / load.outputTokens;
  const { inputUsdPerMillion, outputUsdPerMillion, cachedInputUsdPerMillion } = offer;
  const prices = { inputUsdPerMillion, outputUsdPerMillion };
  const bill = { gpu, gpuCount, gpuUsdPerHour, storageUsdPerMonth };
  const cached = {
    cachedInputShare: load.cachedInputShare,
    ...(cachedInputUsdPerMillion === null ? {} : { cachedInputUsdPerMillion }),
  };
  const input = { ...bill, ...prices, ...cached, inputTokensPerOutputToken, capacity };
  return {
    input,
    assessment: assessBreakEven({
      ...input,
      inputUsdPerMillion: rangeOf("inputUsdPerMillion"),
      outputUsdPerMillion: rangeOf("outputUsdPerMillion"),
      hoursPerMonth: {
        lowest: Math.min(openHours, hoursPerMonth),
        typical: hoursPerMonth,
        highest: hoursPerMonth,
      },
      peopleUsdPerMonth: { lowest: 0, typical: 0, highest: mostPeopleUsdPerMonth },
    }),
    region: {
      gpuUsdPerHour,
      ...prices,
      capacity,
      load: {
        label: "your load",
        inputTokensPerOutputToken,
        tokensPerSecond: load.requestsPerSecond.mean * (load.inputTokens + load.outputTokens),
      },
      ...(latencyTarget === null ? {} : { latencyTarget }),
    },
    labels: { machine: decided.way.label, api: decision.cheapestApi?.label ?? "the API" },
  };
}
