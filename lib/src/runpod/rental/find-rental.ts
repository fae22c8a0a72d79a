import { InputError } from "../../errors.ts";
import { isNotFound } from "../client/runpod-error.ts";
import type { RunPodContext } from "./context.ts";
import type { KnownRental, RentalKind, Rented } from "./rental-kind.ts";
import type { RentalLabels } from "./rental-labels.ts";

/** What the API has of a rental now, or `null` where it is gone. */
export async function findRental<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  id: string,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<Found | null> {
  try {
    return await kind.get(context.client, id, options);
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/** What the journal knows of the rental with an id. */
export function findRecord<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  id: string,
): KnownRental | undefined {
  return kind.recordsOf(context.journal.read()).find((record) => record.id === id);
}

/**
 * Returns the labels of a rental of this workbook.
 *
 * @throws InputError for one that this workbook did not rent; `remedy` says what to do instead.
 */
export function requireOwn<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  { found, remedy }: { found: Found; remedy: string },
): RentalLabels {
  const labels = kind.readLabels(found);
  if (labels?.workbookId === context.workbookId) return labels;
  const { noun, rented } = kind.words;
  throw new InputError(
    `The ${noun} ${found.id} (${found.name}) was not ${rented} by this workbook, so it is left alone.`,
    { remedy },
  );
}

/** One sentence: what a rental goes on to cost, by what is known of it, and how to end it. */
export function describeRentalCost<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  { id, found }: { id: string; found?: Found | undefined },
): string {
  const now = found === undefined ? null : kind.usdPerHourOf(found);
  return kind.describeCost({ id, usdPerHour: now ?? findRecord(context, kind, id)?.usdPerHour ?? null });
}
