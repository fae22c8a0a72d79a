import { type ChartSpec, quantitative } from "../../show/index.ts";
import { checkTrace, type Trace } from "../../traffic/index.ts";

/** Draws how many requests a second a trace has, by the minute, or by the hour where it is longer than a day. */
export function traceLoadChart(trace: Trace, { share = 1 }: { share?: number } = {}): ChartSpec {
  checkTrace(trace, "traceLoadChart");
  const isLong = trace.spanSeconds > 86_400;
  const binSeconds = isLong ? 3_600 : trace.spanSeconds > 3_600 * 6 ? 600 : 60;
  const bins = Math.max(1, Math.ceil(trace.spanSeconds / binSeconds));
  const counts = new Float64Array(bins);
  for (const arrival of trace.arrivalSeconds) {
    const bin = Math.min(bins - 1, Math.floor(arrival / binSeconds));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const unit = isLong ? 86_400 : 60;
  const values = Array.from(counts, (count, bin) => ({
    time: (bin * binSeconds) / unit,
    requestsPerSecond:
      count / share / Math.min(binSeconds, trace.spanSeconds - bin * binSeconds || binSeconds),
  }));
  const last = values.at(-1);
  if (last !== undefined) values.push({ ...last, time: trace.spanSeconds / unit });
  return {
    description: describeTraceLoad(trace, share),
    data: { values },
    mark: { type: "area", interpolate: "step-after", opacity: 0.55, line: { strokeWidth: 1.5 } },
    encoding: {
      x: quantitative("time", isLong ? "days" : "minutes", {
        scale: { domain: [0, trace.spanSeconds / unit], nice: false },
        ...(isLong && { axis: { values: everyDay(trace.spanSeconds / unit) } }),
      }),
      y: quantitative("requestsPerSecond", "requests per second"),
    },
  };
}

// One tick a day, or at most some thirty.
function everyDay(days: number): number[] {
  const step = Math.ceil(days / 31);
  return Array.from({ length: Math.floor(days / step) + 1 }, (_, index) => index * step);
}

function describeTraceLoad(trace: Trace, share: number): string {
  const count = trace.arrivalSeconds.length / share;
  const requests = Math.round(count).toLocaleString("en-US");
  const rate = (count / trace.spanSeconds).toLocaleString("en-US", {
    maximumSignificantDigits: 3,
  });
  return `Requests per second of ${trace.name} (${trace.kind}): ${requests} requests, ${rate} a second on average.`;
}
