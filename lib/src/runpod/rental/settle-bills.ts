import { endpointKind } from "../endpoints/endpoint-kind.ts";
import { billIsFinalAfterMs, isBillFinal } from "../journal/count-money.ts";
import { podKind } from "../pods/pod.ts";
import type { RunPodContext } from "./context.ts";
import type { RentalKind, Rented } from "./rental-kind.ts";

/** Of each kind; the next call goes on. */
const mostAtOnce = 50;

/** Puts the final bills of what ended long enough ago on record, where Runpod tells them; returns whether one is news. */
export async function settleBills(
  context: RunPodContext,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<boolean> {
  const pods = await settleKind(context, podKind, options);
  const endpoints = await settleKind(context, endpointKind, options);
  return pods + endpoints > 0;
}

async function settleKind<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  { signal }: { signal?: AbortSignal | undefined },
): Promise<number> {
  let settled = 0;
  const ended = kind.recordsOf(context.journal.read()).filter(({ id, end }) => {
    const isOld = end !== null && context.now().getTime() - end.at.getTime() >= billIsFinalAfterMs;
    return id !== null && isOld && !isBillFinal(end);
  });
  for (const { id, stem, intendedAt } of ended.slice(0, mostAtOnce)) {
    const since = intendedAt ?? undefined;
    const bill = kind.readBill(context.client, id ?? "", { since });
    const usd = await bill.catch(() => undefined);
    signal?.throwIfAborted();
    if (usd === undefined) return settled;
    try {
      // Without a bill it is not asked for again, and goes on counting by price and time.
      context.journal.append({ kind: "ended", stem, usd });
    } catch {
      // A disk that takes no word of it must not keep anybody from seeing what there is.
      return settled;
    }
    if (usd !== null) settled++;
  }
  return settled;
}
