import { InputError } from "../../errors.ts";

/** One way of serving a load. A pod, or a worker, is one group of GPUs that holds the model once. */
export type Policy =
  | AlwaysOnPolicy
  | PodsPolicy
  | BusinessHoursPolicy
  | AutostopPolicy
  | ServerlessPolicy
  | MaasPolicy
  | MaasBatchPolicy;

/** One pod that runs day and night. */
export interface AlwaysOnPolicy {
  kind: "always-on";
}

/** Several pods that run day and night behind a router that gives each request to the one with the least to do. */
export interface PodsPolicy {
  kind: "pods";
  /** Default `enough`: the fewest that keep to the latency target. */
  pods?: number | "enough";
}

/** Pods that run at certain hours; what comes outside of them waits for the next opening. */
export interface BusinessHoursPolicy {
  kind: "business-hours";
  /** Default 1. */
  pods?: number | "enough";
  /** Of the trace's own time zone; default 9 and 18. */
  fromHour?: number;
  toHour?: number;
  /** 1 is Monday, 7 Sunday; default Monday to Friday. */
  days?: readonly number[];
  /** Rented ahead of each opening, so that the pod is ready then; default 10. */
  startMinutes?: number;
}

/** One pod that is stopped when it had nothing to do, and started by the next request, which waits. Begins stopped. */
export interface AutostopPolicy {
  kind: "autostop";
  /** Default 15. */
  idleMinutes?: number;
  /** From the start to the first token, paid for; default 10. */
  startMinutes?: number;
}

/** RunPod's serverless: workers that come and go with the load, paid by the second. Begins with none. */
export interface ServerlessPolicy {
  kind: "serverless";
  /** From the start to the first token, paid for; default 120. */
  coldStartSeconds?: number;
  /** How long a worker with nothing to do is kept, and paid for; default 5, as RunPod's console has it. */
  idleTimeoutSeconds?: number;
  /** Default 3, as RunPod has it. */
  maxWorkers?: number;
  /** A request that would wait longer starts another worker; default 4. */
  queueDelaySeconds?: number;
  /**
   * Behind a load balancer instead: a worker with more requests than this starts another; default `null`, a queue.
   * Requests are counted by the work ahead in requests of mean work, for here a worker does one after the other.
   */
  requestsPerWorker?: number | null;
  /** Workers that never stop, and are paid day and night; default 0. */
  minWorkers?: number;
}

/** An API that charges per token. */
export interface MaasPolicy {
  kind: "maas";
}

/** An API that charges per token, less for what may wait until the next day. */
export interface MaasBatchPolicy {
  kind: "maas-batch";
  /** Part of the requests that may wait, 0 to 1; default 1. */
  batchShare?: number;
}

/** Every policy with its defaults. */
export const allPolicies: readonly Policy[] = [
  { kind: "always-on" },
  { kind: "pods" },
  { kind: "business-hours" },
  { kind: "autostop" },
  { kind: "serverless" },
  { kind: "maas" },
  { kind: "maas-batch" },
];

/** A policy with nothing left open. */
export type SettledPolicy =
  | { kind: "always-on"; pods: 1 }
  | { kind: "pods"; pods: number; asNeeded: boolean }
  | Required<BusinessHoursPolicy & { pods: number }>
  | Required<AutostopPolicy>
  | Required<ServerlessPolicy>
  | MaasPolicy
  | Required<MaasBatchPolicy>;

const mostReplicas = 1_000;
const counted = ["pods", "maxWorkers", "minWorkers", "requestsPerWorker"];

/**
 * Fills in the defaults of a policy; asks for the number of pods that are enough only where the policy leaves it open.
 *
 * @throws InputError that names the policy and the field, where a value makes no sense.
 */
export function settlePolicy(policy: Policy, findEnoughPods: () => number): SettledPolicy {
  const settled = fillIn(policy, findEnoughPods);
  for (const [field, value, [least, most]] of limits(settled)) {
    const mustBeWhole = counted.includes(field);
    if (value >= least && value <= most && (!mustBeWhole || Number.isInteger(value))) continue;
    const whole = mustBeWhole ? "whole number" : "number";
    throw new InputError(`replayTrace: policy ${policy.kind}: ${field} is ${value}.`, {
      remedy: `Give ${field} as a ${whole} from ${least} to ${most}.`,
    });
  }
  if (settled.kind === "business-hours") requireDays(settled);
  return settled;
}

function fillIn(policy: Policy, findEnoughPods: () => number): SettledPolicy {
  const count = (pods: number | "enough") => (pods === "enough" ? findEnoughPods() : pods);
  switch (policy.kind) {
    case "always-on":
      return { kind: policy.kind, pods: 1 };
    case "pods":
      return {
        kind: policy.kind,
        pods: count(policy.pods ?? "enough"),
        asNeeded: (policy.pods ?? "enough") === "enough",
      };
    case "business-hours": {
      const { fromHour = 9, toHour = 18, days = [1, 2, 3, 4, 5], startMinutes = 10 } = policy;
      return { kind: policy.kind, pods: count(policy.pods ?? 1), fromHour, toHour, days, startMinutes };
    }
    case "autostop": {
      const { idleMinutes = 15, startMinutes = 10 } = policy;
      return { kind: policy.kind, idleMinutes, startMinutes };
    }
    case "serverless": {
      const {
        coldStartSeconds = 120,
        idleTimeoutSeconds = 5,
        maxWorkers = 3,
        queueDelaySeconds = 4,
        requestsPerWorker = null,
        minWorkers = 0,
      } = policy;
      return {
        ...{ kind: policy.kind, coldStartSeconds, idleTimeoutSeconds, maxWorkers, queueDelaySeconds },
        ...{ requestsPerWorker, minWorkers },
      };
    }
    case "maas":
      return { kind: policy.kind };
    case "maas-batch":
      return { kind: policy.kind, batchShare: policy.batchShare ?? 1 };
    default:
      throw new InputError(
        `replayTrace: there is no policy "${String((policy as { kind: unknown }).kind)}".`,
        {
          remedy: `Take one of ${allPolicies.map(({ kind }) => kind).join(", ")}.`,
        },
      );
  }
}

type Limit = [field: string, value: number, range: [least: number, most: number]];

function limits(policy: SettledPolicy): Limit[] {
  const aDayOfMinutes: [number, number] = [0, 1_440];
  switch (policy.kind) {
    case "pods":
      return [["pods", policy.pods, [1, mostReplicas]]];
    case "business-hours":
      return [
        ["pods", policy.pods, [1, mostReplicas]],
        ["fromHour", policy.fromHour, [0, 24]],
        ["toHour", policy.toHour, [0, 24]],
        ["startMinutes", policy.startMinutes, aDayOfMinutes],
      ];
    case "autostop":
      return [
        ["idleMinutes", policy.idleMinutes, [0, 10_080]],
        ["startMinutes", policy.startMinutes, aDayOfMinutes],
      ];
    case "serverless":
      return [
        ["coldStartSeconds", policy.coldStartSeconds, [0, 86_400]],
        ["idleTimeoutSeconds", policy.idleTimeoutSeconds, [0, 86_400]],
        ["maxWorkers", policy.maxWorkers, [1, mostReplicas]],
        ["queueDelaySeconds", policy.queueDelaySeconds, [0, 86_400]],
        ["requestsPerWorker", policy.requestsPerWorker ?? 1, [1, 10_000]],
        ["minWorkers", policy.minWorkers, [0, policy.maxWorkers]],
      ];
    case "maas-batch":
      return [["batchShare", policy.batchShare, [0, 1]]];
    case "always-on":
    case "maas":
      return [];
  }
}

function requireDays({ fromHour, toHour, days }: Required<BusinessHoursPolicy>): void {
  const areDays = days.length > 0 && days.every((day) => Number.isInteger(day) && day >= 1 && day <= 7);
  if (fromHour < toHour && areDays && new Set(days).size === days.length) return;
  throw new InputError(
    `replayTrace: policy business-hours: from ${fromHour} to ${toHour} on the days ${days.join(", ") || "(none)"}.`,
    { remedy: "Give a fromHour before toHour, and days from 1 (Monday) to 7 (Sunday), each once." },
  );
}
