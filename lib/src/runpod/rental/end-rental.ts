import { WorkbookError } from "../../errors.ts";
import { isNotFound } from "../client/runpod-error.ts";
import type { RunPodContext } from "./context.ts";

/** Something that costs money and is to end: a pod, or a serverless endpoint. */
export interface EndingRental {
  /** Such as `pod abc`. */
  name: string;
  /** Asks RunPod to end it. */
  remove(): Promise<void>;
  /** Whether RunPod still has it. */
  isThere(): Promise<boolean>;
  /** Whole sentences: what it goes on to cost, and how to end it. */
  stillCosts: string;
  signal: AbortSignal | undefined;
}

const checkDelaysMs = [0, 250, 500, 1_000, 2_000, 4_000, 4_000, 4_000, 4_000, 10_000];

/**
 * Asks for the end of something, and reads back that it is gone; what is gone already is no error.
 *
 * @throws WorkbookError where it is still there afterwards.
 */
export async function endRental(context: RunPodContext, rental: EndingRental): Promise<void> {
  try {
    await rental.remove();
  } catch (error) {
    if (!isNotFound(error)) await forgiveIfGone(rental, error);
  }
  for (const delayMs of checkDelaysMs) {
    if (delayMs > 0) await context.sleep(delayMs, rental.signal);
    if (!(await rental.isThere())) return;
  }
  throw new WorkbookError(`RunPod took the order to end the ${rental.name}, but it is still there.`, {
    remedy: `${rental.stillCosts} If that fails again, end it at https://console.runpod.io.`,
  });
}

/** The error for something that could not be ended; it still costs money. */
export function notEnded(rental: Pick<EndingRental, "name" | "stillCosts">, cause: unknown): unknown {
  if (!(cause instanceof WorkbookError)) return cause;
  return new WorkbookError(`The ${rental.name} could not be ended. ${cause.problemText}`, {
    remedy: `${cause.remedy} ${rental.stillCosts}`,
    cause,
  });
}

/** A call that failed may have had its effect all the same; if it had none, it still costs money. */
async function forgiveIfGone(rental: EndingRental, error: unknown): Promise<void> {
  const isLeft = await rental.isThere().catch(() => true);
  if (isLeft) throw notEnded(rental, error);
}
