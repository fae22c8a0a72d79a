import type { RunPodContext } from "./context.ts";
import { describeRentalCost } from "./find-rental.ts";
import type { NotReadyError, NotReadyErrorOptions } from "./rental-errors.ts";
import type { RentalKind, Rented } from "./rental-kind.ts";

/** The error for a rental that still exists: its remedy ends with what it costs, and how to end it. */
export function notReady<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  message: string,
  options: Omit<NotReadyErrorOptions, "id"> & ({ found: Found } | { id: string }),
): NotReadyError {
  const rental = "found" in options ? { id: options.found.id, found: options.found } : options;
  const remedy = `${options.remedy} ${describeRentalCost(context, kind, rental)}`;
  const { problem, logLine = null, cause } = options;
  return new kind.NotReadyError(message, { id: rental.id, problem, remedy, logLine, cause });
}

/** The error for a rental that is gone. */
export function gone<Found extends Rented>(
  { words, NotReadyError: Gone }: RentalKind<Found>,
  id: string,
): NotReadyError {
  const { noun, create } = words;
  return new Gone(`The ${noun} ${id} does not exist any more.`, {
    id,
    problem: `${noun}-gone`,
    remedy: `Somebody ended it, its deadline came, or Runpod ended it. Create another with ${create}().`,
  });
}
