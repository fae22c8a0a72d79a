import type { Capacity, Latency } from "./capacity.ts";
import {
  type CapacityWanted,
  judgeLatency,
  type LatencyJudgement,
  refuseCapacity,
} from "./judge-capacity.ts";
import { type Candidate, judgeCeiling, judgeSeen } from "./judge-evidence.ts";

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
      const latency = judgeLatency(capacity, latencyTarget);
      return { capacity, latency, utilisation: utilisationOf(capacity) };
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

function noEvidence(refused: Feasibility["refused"]): string {
  const [first] = refused;
  if (first === undefined)
    return "No throughput is known for this machine: measure it, or give a published run.";
  return `No capacity can be used: ${refused.map(({ reason }) => reason).join("; ")}.`;
}
