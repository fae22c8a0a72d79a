// How the terminal shows pods, their deadlines and their costs.

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
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((cells) => (cells[column] ?? "").length)),
  );
  const lines = [head, ...rows].map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const perHour = pods.reduce((sum, { usdPerHour }) => sum + usdPerHour, 0);
  return [
    ...lines,
    "",
    `Together $${perHour.toFixed(2)} per hour. What they cost so far is computed from price and age; the bill is RunPod's.`,
  ].join("\n");
}

/** @param {import("workbook").SweptPods} swept */
export function describeSwept({ ended, problems }) {
  const lines = ended.map(({ id, reason, usd }) => {
    const cost = usd === null ? "not billed yet" : `billed so far $${usd.toFixed(4)}`;
    return `Ended ${id} (${reason}); it is gone, ${cost}.`;
  });
  return [...(lines.length === 0 ? ["There was nothing of this workbook to end."] : lines), ...problems].join(
    "\n",
  );
}

/** @param {string} deadlineAt */
function describeDeadline(deadlineAt) {
  const minutes = Math.round((Date.parse(deadlineAt) - Date.now()) / 60_000);
  const when = minutes >= 0 ? `in ${minutes} min` : `${-minutes} min ago`;
  return `${deadlineAt.slice(11, 16)} UTC (${when})`;
}
