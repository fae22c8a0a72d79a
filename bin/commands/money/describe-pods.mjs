// How the terminal shows pods, endpoints and what stays without them: deadlines and costs.

import { alignColumns } from "workbook/words";

/** What is said where there was nothing. */
export const nothingToEnd = "There was nothing of this workbook to end.";

/** @param {readonly import("workbook").ListedPod[]} pods */
export function describePods(pods) {
  if (pods.length === 0) return "No pod runs on this account.";
  const head = ["pod", "whose", "status", "GPU", "$/h", "$ so far", "ends", ""];
  const rows = pods.map((pod) => [
    pod.id,
    pod.owner,
    pod.status,
    `${pod.gpuCount} × ${pod.gpuTypeId ?? "?"}`,
    pod.usdPerHour.toFixed(2),
    pod.usdSoFar.toFixed(2),
    pod.deadlineAt === null ? "never by itself" : describeDeadline(pod.deadlineAt),
    pod.isWanted ? pod.reason : `unwanted: ${pod.reason}`,
  ]);
  const perHour = pods.reduce((sum, { usdPerHour }) => sum + usdPerHour, 0);
  return [
    alignColumns([head, ...rows]),
    "",
    `Together $${perHour.toFixed(2)} per hour. What they cost so far is computed from price and age; the bill is RunPod's.`,
  ].join("\n");
}

/** @param {readonly import("workbook").ListedEndpoint[]} endpoints */
export function describeEndpoints(endpoints) {
  const head = ["endpoint", "whose", "kind", "workers", "at most", "$/h at rest", "$/h at most", "ends", ""];
  const dollars = (/** @type {number | null} */ usd) => (usd === null ? "?" : usd.toFixed(2));
  const rows = endpoints.map((endpoint) => [
    endpoint.id,
    endpoint.owner,
    endpoint.kind,
    describeWorkers(endpoint.workers),
    String(endpoint.maxWorkers),
    dollars(endpoint.usdPerHourAtRest),
    dollars(endpoint.maxUsdPerHour),
    endpoint.deadlineAt === null ? "never by itself" : describeDeadline(endpoint.deadlineAt),
    endpoint.isWanted ? endpoint.reason : `unwanted: ${endpoint.reason}`,
  ]);
  return [
    alignColumns([head, ...rows]),
    "",
    "At rest an endpoint pays for its minimum of workers; each of the others costs money while it starts, works and idles.",
  ].join("\n");
}

/** @param {readonly import("workbook").Leftover[]} leftovers */
export function describeLeftovers(leftovers) {
  const head = ["stays without a machine", "name", "whose", "$/month", ""];
  const rows = leftovers.map(({ kind, id, name, isOurs, usdPerMonth, note }) => [
    `${kind} ${id}`,
    name,
    isOurs ? "this workbook" : "not a workbook",
    usdPerMonth.toFixed(2),
    note,
  ]);
  return alignColumns([head, ...rows]);
}

/** @param {import("workbook").ListedEndpoint["workers"]} workers */
function describeWorkers(workers) {
  const some = Object.entries(workers).filter(([, count]) => count > 0);
  return some.length === 0 ? "none" : some.map(([status, count]) => `${count} ${status}`).join(", ");
}

/** @param {import("workbook").SweptPods} swept */
export function describeSwept({ ended, problems }) {
  const lines = ended.map(({ id, reason, usd }) => {
    const cost = usd === null ? "not billed yet" : `billed so far $${usd.toFixed(4)}`;
    return `Ended ${id} (${reason}); it is gone, ${cost}.`;
  });
  return [...(lines.length === 0 ? [nothingToEnd] : lines), ...problems].join("\n");
}

/** @param {string} deadlineAt */
function describeDeadline(deadlineAt) {
  const minutes = Math.round((Date.parse(deadlineAt) - Date.now()) / 60_000);
  const when = minutes >= 0 ? `in ${minutes} min` : `${-minutes} min ago`;
  return `${deadlineAt.slice(11, 16)} UTC (${when})`;
}
