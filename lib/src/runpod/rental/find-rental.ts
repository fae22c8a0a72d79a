import { isNotFound } from "../client/runpod-error.ts";
import type { RunPodContext } from "./context.ts";
import type { RentalKind, Rented } from "./rental-kind.ts";

/** So many answers in a row must say that something is not there before it counts as gone. */
export const looksUntilGone = 3;

/** How long to wait before the next of several looks, in milliseconds. */
export function msBetweenLooks({ pollMs }: RunPodContext): number {
  return pollMs / 2;
}

/** What the API has of a rental now, or `null` where it is gone; one odd answer does not say so. */
export async function findRental<Found extends Rented>(
  context: RunPodContext,
  { get }: RentalKind<Found>,
  id: string,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<Found | null> {
  const ask = () =>
    get(context.client, id, options).catch((error: unknown) => {
      if (isNotFound(error)) return null;
      throw error;
    });
  return askUntilSure(context, ask, options);
}

/** What the API lists under a stem, or `null` where several lists have nothing of it. */
export async function findByStem<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  stem: string,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<Found | null> {
  const ask = async () =>
    (await kind.list(context.client, options)).find((one) => kind.readLabels(one)?.stem === stem) ?? null;
  return askUntilSure(context, ask, options);
}

/** Asks until there is an answer, or several in a row have said that there is none. */
export async function askUntilSure<Answer>(
  context: RunPodContext,
  ask: () => Promise<Answer | null>,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<Answer | null> {
  for (let looks = 1; ; looks++) {
    const answer = await ask();
    if (answer !== null || looks === looksUntilGone) return answer;
    await context.sleep(msBetweenLooks(context), signal);
  }
}
