import type { JournalState } from "./journal-state.ts";
import type { RentalRecord } from "./rental-records.ts";

/** What all rentals of a journal cost together, in dollars; where that is unsure, the worse counts. */
export interface CountedMoney {
  /** By what has ended. */
  spentUsd: number;
  /** At most by what runs, may run or is being ordered, from its order until its deadline. */
  boundUsd: number;
  /** The names of rentals of which the journal does not say what they may cost. */
  unknown: string[];
}

/** After this long nothing is added to a bill any more; assumed, since Runpod does not say. */
export const billIsFinalAfterMs = 24 * 3_600_000;

/**
 * Adds up what a journal's rentals have cost, and what those that have not ended can still cost.
 *
 * What runs counts by price × time, from its order until its deadline, or until now where that is past; an endpoint with
 * all its workers. What has ended counts by its bill where that is final, else by the dearer of bill and price × time.
 */
export function countMoney(state: JournalState, now: Date): CountedMoney {
  const money: CountedMoney = { spentUsd: 0, boundUsd: 0, unknown: [] };
  const rentals = [
    ...[...state.pods.values()].map((pod) => ({ ...pod, id: pod.podId })),
    ...[...state.endpoints.values()].map((endpoint) => ({ ...endpoint, id: endpoint.endpointId })),
  ];
  for (const rental of rentals) {
    const usd = costOf(rental, now);
    if (usd === null) money.unknown.push(rental.stem);
    else if (rental.end === null) money.boundUsd += usd;
    else money.spentUsd += usd;
  }
  return money;
}

function costOf(rental: RentalRecord & { id: string | null }, now: Date): number | null {
  const { id, maxUsdPerHour: price, intendedAt, deadlineAt, mayRunUntil, end } = rental;
  // So ends an order of which certainly nothing came.
  if (id === null && end?.usd === 0) return 0;
  if (end !== null && end.usd !== null && isBillFinal(end)) return end.usd;
  if (price === null || intendedAt === null || deadlineAt === null) return null;
  const lastMs = Math.max(deadlineAt.getTime(), mayRunUntil?.getTime() ?? 0);
  const hoursUntil = (ms: number) => Math.max(0, ms - intendedAt.getTime()) / 3_600_000;
  if (end === null) return price * hoursUntil(Math.max(lastMs, now.getTime()));
  const endedAtMs = end.at.getTime();
  // What was found gone ended at its deadline at the latest; an end before the order tells of a clock that was set back.
  const isSetBack = endedAtMs < intendedAt.getTime();
  const endMs = isSetBack ? lastMs : end.isFoundGone ? Math.min(endedAtMs, lastMs) : endedAtMs;
  return Math.max(end.usd ?? 0, price * hoursUntil(endMs));
}

/** Whether the bill of something that has ended was read so late that nothing is added to it. */
export function isBillFinal({ at, billReadAt }: { at: Date; billReadAt: Date }): boolean {
  return billReadAt.getTime() - at.getTime() >= billIsFinalAfterMs;
}
