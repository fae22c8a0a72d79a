import { type ChartSpec, chartColors, named } from "../show/index.ts";
import type { RequestRecord } from "./request-record.ts";
import { tightAxis } from "./throughput-chart.ts";

/** More bars than this are thinner than a line. */
const mostRequests = 120;

/** Each has a thickness beside its colour, as a share of the row. */
const parts = {
  waiting: { name: "waiting (thin)", color: chartColors.orange, thickness: 0.35 },
  writing: { name: "being answered (thick)", color: chartColors.blue, thickness: 0.9 },
  lost: { name: "failed or cancelled (middling)", color: chartColors.grey, thickness: 0.6 },
};

/** Draws the first 120 requests of one level and repeat as bars over time: the wait of each, then its answer. */
export function requestTimelineChart(records: readonly RequestRecord[]): ChartSpec {
  const shown = records.toSorted((one, other) => one.sentAtMs - other.sentAtMs).slice(0, mostRequests);
  const rows = shown.flatMap((record, index) => {
    const { outcome, sentAtMs, endedAtMs, firstTokenAtMs } = record;
    const bar = ({ name }: { name: string }, startMs: number, endMs: number) => ({
      request: index + 1,
      part: name,
      startMs,
      endMs,
    });
    if (outcome !== "completed") return [bar(parts.lost, sentAtMs, endedAtMs)];
    const firstAtMs = firstTokenAtMs ?? endedAtMs;
    return [bar(parts.waiting, sentAtMs, firstAtMs), bar(parts.writing, firstAtMs, endedAtMs)];
  });
  // A layer without a bar would have no extent, of which vega complains.
  const all = Object.values(parts);
  const drawn = rows.length === 0 ? all : all.filter(({ name }) => rows.some(({ part }) => part === name));
  return {
    description: describeRequestTimeline(shown, records.length - shown.length),
    data: { values: rows },
    height: { step: Math.max(4, Math.min(16, 480 / Math.max(1, rows.length / 2))) },
    layer: drawn.map(({ name, thickness }) => ({
      transform: [{ filter: { field: "part", equal: name } }],
      mark: { type: "bar", tooltip: true, height: { band: thickness } },
      encoding,
    })),
  };
}

const encoding = {
  x: tightAxis("startMs", "milliseconds since the load began"),
  x2: { field: "endMs" },
  y: { field: "request", type: "ordinal", title: "requests", axis: { labels: false, ticks: false } },
  color: named(
    "part",
    Object.values(parts).map(({ name, color }) => [name, color]),
  ),
};

function describeRequestTimeline(shown: readonly RequestRecord[], left: number): string {
  const completed = shown.filter(({ outcome }) => outcome === "completed").length;
  const endMs = Math.max(0, ...shown.map(({ endedAtMs }) => endedAtMs));
  return (
    `${shown.length} requests as bars over ${(endMs / 1_000).toFixed(1)} seconds, each split into waiting for its first ` +
    `token and being answered; ${completed} of them came to their end${left > 0 ? `, ${left} later ones are left out` : ""}.`
  );
}
