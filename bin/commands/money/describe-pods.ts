// How the terminal shows pods, endpoints and what stays without them: deadlines and costs.

import type { Leftover, ListedEndpoint, ListedPod, SweptPods } from "workbook";
import type { Budget, Coming } from "workbook/runpod";
import { alignColumns, cleanName, sayIfSimulated } from "workbook/words";

/** Lists pods, and what was asked for and is not there yet: while that may come, nobody must hear that nothing runs. */
export function describePods(pods: readonly ListedPod[], coming: readonly Coming[] = []): string {
  const lines = coming.map(describeComing);
  if (pods.length > 0) lines.unshift(describeRunning(pods));
  return lines.length === 0 ? "No pod runs on this account." : lines.join("\n\n");
}

function describeRunning(pods: readonly ListedPod[]): string {
  const mark = sayIfSimulated(pods.some(({ isSimulated }) => isSimulated));
  const head = ["pod", "whose", "status", "GPU", `$/h${mark}`, `$ so far${mark}`, "ends", ""];
  const rows = pods.map((pod) => [
    pod.id,
    pod.owner,
    pod.status,
    `${pod.gpuCount} × ${pod.gpuTypeId ?? "?"}`,
    dollars(pod.usdPerHour),
    dollars(pod.usdSoFar),
    describeDeadline(pod.deadlineAt),
    pod.isWanted ? pod.reason : `unwanted: ${pod.reason}`,
  ]);
  const perHour = pods.reduce((sum, { usdPerHour }) => sum + (usdPerHour || 0), 0);
  return (
    `${alignNames([head, ...rows])}\n\n` +
    `Together $${perHour.toFixed(2)} per hour${mark}. What they cost so far is computed from price and age; the bill is Runpod's.`
  );
}

export function describeEndpoints(endpoints: readonly ListedEndpoint[]): string {
  const mark = sayIfSimulated(endpoints.some(({ isSimulated }) => isSimulated));
  const money = [`$/h at rest${mark}`, `$/h at most${mark}`];
  const head = ["endpoint", "whose", "kind", "workers", "at most", ...money, "ends", ""];
  const rows = endpoints.map((endpoint) => [
    endpoint.id,
    endpoint.owner,
    endpoint.kind,
    describeWorkers(endpoint.workers),
    Number.isNaN(endpoint.maxWorkers) ? "?" : String(endpoint.maxWorkers),
    dollars(endpoint.usdPerHourAtRest),
    dollars(endpoint.maxUsdPerHour),
    describeDeadline(endpoint.deadlineAt),
    endpoint.isWanted ? endpoint.reason : `unwanted: ${endpoint.reason}`,
  ]);
  return (
    `${alignNames([head, ...rows])}\n\n` +
    "Without requests an endpoint costs its minimum of workers; each other worker costs money while it starts, works and waits."
  );
}

export function describeLeftovers(leftovers: readonly Leftover[]): string {
  const mark = sayIfSimulated(leftovers.some(({ isSimulated }) => isSimulated));
  const head = ["stays without a machine", "name", "whose", `$/month${mark}`, ""];
  const rows = leftovers.map(({ kind, id, name, isOurs, usdPerMonth, note }) => [
    `${kind} ${id}`,
    name,
    isOurs ? "this workbook" : "not a workbook",
    usdPerMonth.toFixed(2),
    note,
  ]);
  return alignNames([head, ...rows]);
}

/** Says what this workbook's rentals cost together, and what the budget has left; network volumes are not among them. */
export function describeBudget(budget: Budget): string {
  const { budgetUsd, spentUsd, boundUsd, leftUsd, unknown, isSimulated } = budget;
  const sums = `$${spentUsd.toFixed(2)} for what has ended, at most $${boundUsd.toFixed(2)} for what runs, until its deadline${sayIfSimulated(isSimulated)}`;
  const missing = unknown.length === 0 ? "" : `; what ${unknown.join(", ")} can cost is not known`;
  const costs = `All rentals of this workbook: ${sums}${missing}.`;
  if (budgetUsd === null) return `${costs} No budget is set (WORKBOOK_MAX_USD).`;
  const left =
    leftUsd === null
      ? "how much is left is not known, so nothing is rented"
      : `$${leftUsd.toFixed(2)} are left`;
  return `${costs} Of the budget of $${budgetUsd.toFixed(2)} (WORKBOOK_MAX_USD) ${left}.`;
}

/** Says what was ended, what it cost, and what needs attention. */
export function describeSwept({ ended, mayStillCome, problems }: SweptPods): string {
  const lines = ended.map(({ id, reason, usd, isSimulated }) => {
    const bill = usd === null ? "not billed yet" : `billed so far $${usd.toFixed(4)}`;
    return `Ended ${id} (${reason}); it is gone, ${bill}${sayIfSimulated(isSimulated)}.`;
  });
  lines.push(...mayStillCome.map(describeComing));
  if (lines.length === 0) lines.push("There was nothing of this workbook to end.");
  return [...lines, ...problems].join("\n");
}

function describeComing({ stem, until }: Coming): string {
  return (
    `${stem} was being rented. It has not appeared so far, and may until ${until.slice(11, 16)} UTC: ` +
    "its watchdog ends it when nobody waits for it; look with `npm run pods`."
  );
}

/** What is shown may be what somebody else has named. */
function alignNames(rows: readonly (readonly string[])[]): string {
  return alignColumns(rows.map((row) => row.map((text) => cleanName(text))));
}

function dollars(usd: number | null): string {
  return usd === null || Number.isNaN(usd) ? "?" : usd.toFixed(2);
}

function describeWorkers(workers: ListedEndpoint["workers"]): string {
  const some = Object.entries(workers).filter(([, count]) => count > 0);
  return some.length === 0 ? "none" : some.map(([status, count]) => `${count} ${status}`).join(", ");
}

function describeDeadline(deadlineAt: string | null): string {
  if (deadlineAt === null) return "never by itself";
  const minutes = Math.round((Date.parse(deadlineAt) - Date.now()) / 60_000);
  const when = minutes >= 0 ? `in ${minutes} min` : `${-minutes} min ago`;
  return `${deadlineAt.slice(11, 16)} UTC (${when})`;
}
