import type { ChartSpec } from "../show/index.ts";
import type { RequestRecord } from "./measurement.ts";

/** More bars than this are thinner than a line. */
const mostRequests = 120;

const names = {
  waiting: "waiting for the first token",
  writing: "being answered",
  lost: "failed or cancelled",
};

/**
 * Draws the requests of a level as bars over time: how long each waited, and how long its answer took.
 *
 * Records are those of one level and repeat, as `onRecord` of `measureThroughput` gives them; of more than 120 the first.
 */
export function requestTimelineChart(records: readonly RequestRecord[]): ChartSpec {
  const rows = shownRecords(records).flatMap((record, place) => {
    const bar = (part: string, startMs: number, endMs: number) => ({
      place: place + 1,
      part,
      startMs,
      endMs,
    });
    if (record.outcome !== "completed") return [bar(names.lost, record.sentAtMs, record.endedAtMs)];
    const firstAtMs = record.firstTokenAtMs ?? record.endedAtMs;
    return [bar(names.waiting, record.sentAtMs, firstAtMs), bar(names.writing, firstAtMs, record.endedAtMs)];
  });
  return {
    data: { values: rows },
    height: { step: Math.max(4, Math.min(16, 480 / Math.max(1, rows.length / 2))) },
    mark: { type: "bar", tooltip: true },
    encoding: {
      x: {
        field: "startMs",
        type: "quantitative",
        title: "milliseconds since the load began",
        scale: { zero: true, nice: false },
      },
      x2: { field: "endMs" },
      y: {
        field: "place",
        type: "ordinal",
        title: "requests",
        axis: { labels: false, ticks: false },
      },
      color: {
        field: "part",
        type: "nominal",
        title: null,
        legend: { orient: "top", labelLimit: 0 },
        scale: { domain: Object.values(names), range: ["#c2571a", "#3a7abf", "#6f7c8a"] },
      },
    },
  };
}

/** Says in one sentence what the chart of `requestTimelineChart` shows. */
export function describeRequestTimeline(records: readonly RequestRecord[]): string {
  const shown = shownRecords(records);
  const completed = shown.filter(({ outcome }) => outcome === "completed").length;
  const endMs = Math.max(0, ...shown.map(({ endedAtMs }) => endedAtMs));
  const left = records.length - shown.length;
  return (
    `${shown.length} requests as bars over ${(endMs / 1_000).toFixed(1)} seconds, each split into waiting for its first ` +
    `token and being answered; ${completed} of them came to their end${left > 0 ? `, ${left} later ones are left out` : ""}.`
  );
}

function shownRecords(records: readonly RequestRecord[]): RequestRecord[] {
  return records.toSorted((one, other) => one.sentAtMs - other.sentAtMs).slice(0, mostRequests);
}
