import type { Capacity, Latency } from "./capacity.ts";
import {
  type CapacityWanted,
  describeLatency,
  judgeLatency,
  type LatencyJudgement,
  refuseCapacity,
} from "./judge-capacity.ts";

/** Whether the machine can do what the break-even asks, why, and on which evidence. */
export interface Feasibility {
  feasible: "yes" | "no" | "unknown";
  /** One sentence, with the kind and the date of the evidence. */
  reason: string;
  /** The capacity that decided; `null` where there was none. */
  capacity: Capacity | null;
  /** Whether that capacity keeps to the latency target; only then its rates count. `null` without one. */
  latency: LatencyJudgement | null;
  /** The capacities that could not be used, and why. */
  refused: readonly { capacity: Capacity; reason: string }[];
}

/** A capacity with what it means for the case at hand. */
interface Candidate {
  capacity: Capacity;
  latency: LatencyJudgement;
  /** The break-even as a part of what it can do; above 1 it cannot reach it, however many groups there are. */
  utilisation: number;
}

/**
 * Judges by the best evidence there is: a measurement before a published run, and that before a computed ceiling.
 *
 * Only rates within the latency target count. What fell short proves that it is impossible only where nothing lies
 * beyond: past the knee, or where more streams are too slow. A ceiling can prove that, and never that it works.
 */
export function judgeFeasibility(options: {
  capacities: readonly Capacity[];
  wanted: CapacityWanted;
  latencyTarget: Latency | null;
  /** The break-even as a part of what a capacity can do. */
  utilisationOf: (capacity: Capacity) => number;
}): Feasibility {
  const { capacities, wanted, latencyTarget, utilisationOf } = options;
  const refused = capacities.flatMap((capacity) => {
    const reason = refuseCapacity(capacity, wanted);
    return reason === null ? [] : [{ capacity, reason }];
  });
  const candidates = capacities
    .filter((capacity) => !refused.some((one) => one.capacity === capacity))
    .map((capacity): Candidate => {
      return {
        capacity,
        latency: judgeLatency(capacity, latencyTarget),
        utilisation: utilisationOf(capacity),
      };
    })
    .toSorted((one, other) => one.utilisation - other.utilisation);

  const ofKind = (kind: Capacity["kind"]) => candidates.filter(({ capacity }) => capacity.kind === kind);
  const [fastest, ...slower] =
    [ofKind("measured"), ofKind("published")].find((list) => list.length > 0) ?? [];
  const seen = fastest === undefined ? null : judgeSeen([fastest, ...slower], latencyTarget);
  const ceiling = judgeCeiling(ofKind("computed"));
  const verdict =
    seen === null || (seen.feasible === "unknown" && ceiling?.feasible === "no") ? ceiling : seen;
  return {
    ...(verdict ?? { feasible: "unknown", reason: noEvidence(refused), capacity: null, latency: null }),
    refused,
  };
}

type Verdict = Omit<Feasibility, "refused">;

function asked(target: Latency | null): string {
  return target === null ? "" : ` (${describeLatency(target)})`;
}

function judgeSeen(candidates: readonly [Candidate, ...Candidate[]], target: Latency | null): Verdict {
  // The fastest first: where that one falls short, they all do.
  const [fastest] = candidates;
  const best = (latency: LatencyJudgement) => candidates.find((one) => one.latency === latency);
  const within = best("holds");
  const limit = target === null ? "" : `, ${describeLatency(target)}`;
  const judged = (feasible: Verdict["feasible"], { capacity, latency }: Candidate, reason: string) => ({
    feasible,
    capacity,
    latency,
    reason,
  });
  if (within !== undefined && isEnough(within)) {
    const reason = `${name(within.capacity)} has it${limit}: the break-even takes ${percent(within.utilisation)} of that.`;
    return judged("yes", within, reason);
  }
  const alone = candidates.find(({ latency, capacity }) => latency === "too-slow" && capacity.streams === 1);
  if (alone !== undefined) {
    const reason = `${name(alone.capacity)} is past the latency target with a single stream${reached(alone)}; asked is${limit.slice(1)}.`;
    return judged("no", alone, reason);
  }
  const shown = within ?? fastest;
  const short = `${name(shown.capacity)} falls short${within === undefined ? "" : limit}: the break-even takes ${percent(shown.utilisation)} of that`;
  if (!isEnough(fastest)) {
    const isEnd = candidates.some(
      ({ latency, capacity }) => latency === "too-slow" || capacity.isLimit === true,
    );
    return isEnd
      ? judged("no", shown, `${short}, and more streams do not reach it.`)
      : judged("unknown", shown, `${short}, but more streams may give more: measure more of them.`);
  }
  const unsure = best("unknown");
  if (unsure !== undefined && isEnough(unsure)) {
    const reason = `${name(unsure.capacity)} has the rate, but nobody knows whether within the latency target${asked(target)}.`;
    return judged("unknown", unsure, reason);
  }
  const slow = `${name(fastest.capacity)} has the rate only past the latency target${reached(fastest)}; asked is${limit.slice(1)}`;
  return within === undefined
    ? judged("unknown", fastest, `${slow}. Fewer streams may do: measure fewer of them.`)
    : judged("unknown", within, `${slow}. ${short}: measure numbers of streams between the two.`);
}

function isEnough({ utilisation }: Candidate): boolean {
  return utilisation <= 1 + 1e-12;
}

function reached({ capacity: { atLatency } }: Candidate): string {
  return atLatency === null ? "" : ` (${describeLatency(atLatency)})`;
}

function judgeCeiling(candidates: readonly Candidate[]): Verdict | null {
  const [best] = candidates;
  if (best === undefined) return null;
  const { capacity, utilisation } = best;
  if (utilisation > 1) {
    const reason = `${name(capacity)} is below it: the break-even takes ${percent(utilisation)} of what physics allows.`;
    return { feasible: "no", reason, capacity, latency: "holds" };
  }
  const reason = `${name(capacity)} allows it (${percent(utilisation)} of it), but a ceiling is not a measurement.`;
  return { feasible: "unknown", reason, capacity, latency: "holds" };
}

function noEvidence(refused: Feasibility["refused"]): string {
  const [first] = refused;
  if (first === undefined) return "Nobody said what the machine can do: measure it, or give a published run.";
  return `No capacity can be used: ${refused.map(({ reason }) => reason).join("; ")}.`;
}

const kindWords = {
  measured: "The measurement",
  published: "The published run",
  computed: "The computed ceiling",
  simulated: "The simulation",
} as const;

function name({ kind, date, source }: Capacity): string {
  return `${kindWords[kind]} of ${date} (${source})`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
