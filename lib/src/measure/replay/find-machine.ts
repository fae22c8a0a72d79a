import type { Capacity } from "../../cost/index.ts";
import type { Endpoint } from "../../endpoint/index.ts";
import type { Measurement } from "../measurement.ts";
import { toCapacities, toCapacity } from "../to-capacity.ts";
import { readWarm } from "../warm-reading.ts";

/** What an endpoint was measured to do: as one capacity, and at each number of streams. */
export interface MeasuredMachine {
  capacity: Capacity;
  levels: readonly Capacity[];
}

/**
 * Finds the newest ladder of an endpoint among measurements that are sorted by time, the newest first, and with it the newest of
 * reading alone and of conversations. One of several levels comes before one of a single level, which says less of other streams.
 *
 * @returns `null` where no level of this model there is valid.
 */
export function findMachine(
  measurements: readonly Measurement[],
  endpoint: Pick<Endpoint, "model" | "origin" | "gpu">,
): MeasuredMachine | null {
  const { model, origin, gpu } = endpoint;
  const isOfIt = (one: Measurement) =>
    one.model === model &&
    one.origin === origin &&
    (origin === "rehearsal" || (one.gpu?.name === gpu?.name && one.gpu?.count === gpu?.count));
  const own = measurements.filter(isOfIt);
  const rated = own.filter((one) => toCapacities(one).length > 0);
  const ladder = rated.find(({ levels }) => levels.length > 1) ?? rated[0];
  if (ladder === undefined) return null;
  const readingFrom = own.find(({ workload }) => workload.outputTokens === 1);
  const reading = readingFrom === undefined ? {} : { readingFrom };
  const chats = own.find((one) => readWarm(one) !== null) ?? ladder;
  return { capacity: toCapacity(ladder, { ...reading, chats }), levels: toCapacities(ladder, reading) };
}
