import type { Capacity, Latency } from "./capacity.ts";
import { describeLatency, type LatencyJudgement } from "./judge-capacity.ts";

/** A capacity with what it means for the case at hand. */
export interface Candidate {
  capacity: Capacity;
  latency: LatencyJudgement;
  /** The break-even as a part of what it can do; above 1 it cannot reach it, however many groups there are. */
  utilisation: number;
}

/** What some evidence shows, and the capacity that shows it. */
export interface Judgement {
  feasible: "yes" | "no" | "unknown";
  reason: string;
  capacity: Capacity;
  latency: LatencyJudgement;
}

/**
 * Judges by rates that somebody saw, the fastest first.
 *
 * They show that it works where one within the target is enough, and that it does not where all fall short and nothing
 * lies beyond them. In all other cases the reason says what to measure.
 */
export function judgeSeen(
  candidates: readonly [Candidate, ...Candidate[]],
  target: Latency | null,
): Judgement {
  // The fastest first: where that one falls short, they all do.
  const [fastest] = candidates;
  const within = candidates.find(({ latency }) => latency === "holds");
  if (within !== undefined && isEnough(within)) {
    return judge("yes", within, `${name(within)} reaches the break-even${limit(target)}: ${takes(within)}.`);
  }
  const alone = candidates.find(({ latency, capacity }) => latency === "too-slow" && capacity.streams === 1);
  if (alone !== undefined) {
    const reason = `${name(alone)} is too slow for the latency target already with a single stream${late(alone, target)}.`;
    return judge("no", alone, reason);
  }
  return isEnough(fastest)
    ? judgeLate(candidates, { fastest, within, target })
    : judgeShort(candidates, { shown: within ?? fastest, target });
}

/** All that was seen falls short: for good, where it ends at a limit or more streams are too slow. */
function judgeShort(
  candidates: readonly Candidate[],
  { shown, target }: { shown: Candidate; target: Latency | null },
): Judgement {
  const isEnd = candidates.some(
    ({ latency, capacity }) => latency === "too-slow" || capacity.isLimit === true,
  );
  return isEnd
    ? judge("no", shown, `${sayShort(shown, target)}, and more streams cannot change that.`)
    : judge(
        "unknown",
        shown,
        `${sayShort(shown, target)}, but more streams may give more: measure with more of them.`,
      );
}

/** Something is fast enough, but past the latency target or at an unknown latency. */
function judgeLate(
  candidates: readonly Candidate[],
  options: { fastest: Candidate; within: Candidate | undefined; target: Latency | null },
): Judgement {
  const { fastest, within, target } = options;
  const unsure = candidates.find((one) => one.latency === "unknown" && isEnough(one));
  if (unsure !== undefined) {
    const asked = target === null ? "" : ` (${describeLatency(target)})`;
    const reason = `${name(unsure)} reaches the break-even, but nothing shows whether it keeps the latency target${asked}.`;
    return judge("unknown", unsure, reason);
  }
  const slow = `${name(fastest)} reaches the break-even only with users waiting longer than the latency target allows${late(fastest, target)}.`;
  return within === undefined
    ? judge("unknown", fastest, `${slow} Fewer streams may be enough: measure with fewer of them.`)
    : judge(
        "unknown",
        within,
        `${slow} ${sayShort(within, target)}: measure with numbers of streams between the two.`,
      );
}

function judge(feasible: Judgement["feasible"], { capacity, latency }: Candidate, reason: string): Judgement {
  return { feasible, reason, capacity, latency };
}

function sayShort(shown: Candidate, target: Latency | null): string {
  return `${name(shown)} falls short${shown.latency === "holds" ? limit(target) : ""}: ${takes(shown)}`;
}

function takes({ utilisation }: Candidate): string {
  return `the break-even is ${percent(utilisation)} of what it shows`;
}

function limit(target: Latency | null): string {
  return target === null ? "" : ` with ${describeLatency(target)}`;
}

function late({ capacity: { atLatency } }: Candidate, target: Latency | null): string {
  const reached = atLatency === null ? "" : ` (${describeLatency(atLatency)})`;
  return target === null ? reached : `${reached}; the target is ${describeLatency(target)}`;
}

function isEnough({ utilisation }: Candidate): boolean {
  return utilisation <= 1 + 1e-12;
}

/** Judges by computed ceilings, the highest first: they can show only that it is impossible. */
export function judgeCeiling(candidates: readonly Candidate[]): Judgement | null {
  const [best] = candidates;
  if (best === undefined) return null;
  const share = percent(best.utilisation);
  return isEnough(best)
    ? judge(
        "unknown",
        best,
        `${name(best)} allows the break-even, which is ${share} of it; but a ceiling is not a measurement.`,
      )
    : judge(
        "no",
        best,
        `${name(best)} does not allow the break-even, which is ${share} of what the hardware can do.`,
      );
}

const kindWords = {
  measured: "The measurement",
  published: "The published run",
  computed: "The computed ceiling",
  simulated: "The simulation",
} as const;

function name({ capacity }: Candidate): string {
  const { kind, date, source, rateFigures } = capacity;
  return rateFigures === undefined
    ? `${kindWords[kind]} of ${date} (${source})`
    : `The pair of ${kind} runs (${source})`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
