import { describeLatency, type Latency } from "../cost/index.ts";
import { describeLengths, type ReachInput } from "../measure/index.ts";
import { type Band, type ForecastInput, findFewest, forecast, mostStreams } from "../serving/index.ts";
import { sayRange } from "../words/index.ts";
import type { Decision, Way } from "./decide-types.ts";

type ForecastMachine = Omit<ForecastInput, "streams" | "requestsPerSecond">;

/** What is known of one machine, as `inspectMachine` gathers it. */
interface Inspected {
  way: Pick<Way, "machine">;
  evidence: Pick<ReachInput, "measurements" | "forecasts">;
}

/**
 * Says in a sentence how many streams at once one machine serves within the target of a decision: by the newest measurement
 * of it that searched for that, else by the forecast, from one end of its band to the other.
 */
export function describePeopleAtOnce(
  { latencyTarget: target }: Pick<Decision, "latencyTarget">,
  { way, evidence }: Inspected,
): string {
  const searched = (evidence.measurements ?? []).flatMap(({ targetSearch, startedAt, workload }) => {
    return targetSearch === null
      ? []
      : [
          {
            startedAt,
            words: `Measured on ${startedAt.slice(0, 10)}, ${describeLengths(workload)}: ${targetSearch.words}`,
          },
        ];
  });
  const [newest] = searched.toSorted((one, other) => other.startedAt.localeCompare(one.startedAt));
  if (newest !== undefined) return newest.words;
  if (target === null) return "You gave no latency target, so no number of streams is too many.";
  const counts = (evidence.forecasts ?? []).flatMap((machine) => streamsWithin(machine, target) ?? []);
  if (counts.length === 0) {
    return `The workbook cannot forecast how many streams at once one machine (${way.machine}) serves within the target.`;
  }
  const low = Math.min(...counts.map((count) => count.low));
  const high = Math.max(...counts.map((count) => count.high));
  const streams = `${sayStreams(low, high)} at once with ${describeLatency(target)}`;
  return `By the forecast, one machine (${way.machine}) serves ${streams}. A measurement with latencyTarget settles it.`;
}

function sayStreams(low: number, high: number): string {
  if (high === 0) return "not even 1 stream";
  if (low >= mostStreams) return `${mostStreams} streams or more`;
  const most = high >= mostStreams ? `${mostStreams} or more` : String(high);
  const streams = high === 1 ? "stream" : "streams";
  return low === 0
    ? `at most ${most} ${streams}, perhaps none,`
    : `${sayRange(String(low), most)} ${streams}`;
}

/** The most streams whose waits are within the target, by both ends of the bands; `null` where nothing can be forecast. */
function streamsWithin(machine: ForecastMachine, target: Latency): { low: number; high: number } | null {
  const known = new Map<number, ReturnType<typeof forecast>>();
  const at = (streams: number) => {
    const found = known.get(streams) ?? forecast({ ...machine, streams });
    known.set(streams, found);
    return found;
  };
  if (at(1).timeToFirstTokenMs === null) return null;
  const isWithin = (streams: number, end: keyof Band) => {
    const { timeToFirstTokenMs, timePerOutputTokenMs } =
      target.percentile <= 50 ? at(streams) : at(streams).p95;
    const pairs = [
      [timeToFirstTokenMs, target.timeToFirstTokenMs],
      [timePerOutputTokenMs, target.timePerOutputTokenMs],
    ] as const;
    // An answer of one token has no time per token.
    const missing = machine.outputTokens < 2 ? 0 : Infinity;
    return pairs.every(([wait, limit], index) => {
      return limit === null || (wait?.[end] ?? (index === 1 ? missing : Infinity)) <= limit;
    });
  };
  const most = (end: keyof Band) => (findFewest((streams) => !isWithin(streams, end)) ?? mostStreams + 1) - 1;
  return { low: most("high"), high: most("low") };
}
