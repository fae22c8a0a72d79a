import { isEndpointStem, openEndpointRecords, openRecords } from "../journal/journal-state.ts";
import { proxyAddress, type RunPodContext } from "./context.ts";

/** What the journal says of a pod or an endpoint that is called at an address. */
export interface FoundRental {
  id: string;
  noun: "pod" | "endpoint";
  deadlineAt: Date;
  /** A pod's price, or an endpoint's with all its workers; `null` where the journal does not say. */
  usdPerHour: number | null;
}

/** Finds what this workbook has rented at an address of an OpenAI API, in the journal; `null`: nothing that is on record. */
export function findRentalAt(context: RunPodContext, baseUrl: string): FoundRental | null {
  const journal = context.journal.read();
  const pods = openRecords(journal).map((pod) => ({ ...pod, id: pod.podId }));
  const endpoints = openEndpointRecords(journal).map((one) => ({ ...one, id: one.endpointId }));
  for (const { id, stem, deadlineAt, maxUsdPerHour } of [...pods, ...endpoints]) {
    if (id === null || deadlineAt === null) continue;
    const isEndpoint = isEndpointStem(stem);
    const isHere = isEndpoint ? namesId(baseUrl, id) : baseUrl === `${proxyAddress(context, id)}/v1`;
    if (isHere) return { id, noun: isEndpoint ? "endpoint" : "pod", deadlineAt, usdPerHour: maxUsdPerHour };
  }
  return null;
}

/** An endpoint's id is a part of its host, or of its path. */
function namesId(baseUrl: string, id: string): boolean {
  const { hostname, pathname } = new URL(baseUrl);
  return [...hostname.split("."), ...pathname.split("/")].includes(id);
}
