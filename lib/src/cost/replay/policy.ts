import { InputError } from "../../errors.ts";
import { type NumberRange, requireNumber } from "../../require-number.ts";
import { officeHours } from "../../traffic/index.ts";

/** One way of serving a load. A pod, or a serverless worker, is one group of GPUs that holds the model once. */
export type Policy =
  /** One pod that runs day and night. */
  | { kind: "always-on" }
  /** Several behind a router that gives each request to the one with the least to do; default `enough`: the fewest that keep to the latency target. */
  | { kind: "pods"; pods?: number | "enough" }
  | BusinessHoursPolicy
  | AutostopPolicy
  | ServerlessPolicy
  /** An API that charges per token. */
  | { kind: "maas" }
  /** The same, less for the part of the requests (0 to 1) that may wait until the next day; default 1. */
  | { kind: "maas-batch"; batchShare?: number };

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
interface AutostopPolicy {
  kind: "autostop";
  /** Default 15. */
  idleMinutes?: number;
  /** From the start to the first token, paid for; default 10. */
  startMinutes?: number;
}

/** Runpod's serverless: workers that come and go with the load, paid by the second. Begins with none. */
interface ServerlessPolicy {
  kind: "serverless";
  /** From the start to the first token, paid for; default 120. */
  coldStartSeconds?: number;
  /** How long a worker with nothing to do is kept, and paid for; default 5, as Runpod's console has it. */
  idleTimeoutSeconds?: number;
  /** Default 3, as Runpod has it. */
  maxWorkers?: number;
  /** A request that would wait longer starts another worker; default 4. */
  queueDelaySeconds?: number;
  /** Behind a load balancer instead: a worker with more requests than this (of mean work) starts another; default `null`, a queue. */
  requestsPerWorker?: number | null;
  /** Workers that never stop, and are paid day and night; default 0. */
  minWorkers?: number;
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
  | { kind: "maas" }
  | { kind: "maas-batch"; batchShare: number };

const groupCount: NumberRange = { whole: true, from: 1, to: 1_000 };
const minutesOfDay: NumberRange = { from: 0, to: 24 * 60 };
const secondsOfDay: NumberRange = { from: 0, to: 86_400 };

/**
 * Fills in the defaults of a policy; asks for the number of pods that are enough only where the policy leaves it open.
 *
 * @throws InputError that names the policy and the field, where a value makes no sense.
 */
export function settlePolicy(policy: Policy, findEnoughPods: () => number): SettledPolicy {
  const { kind } = policy;
  const check = (fields: Record<string, number>, range: NumberRange) =>
    requireNumber(`replayTrace: policy ${kind}`, fields, range);
  const count = (wanted: number | "enough") => {
    const pods = wanted === "enough" ? findEnoughPods() : wanted;
    check({ pods }, groupCount);
    return pods;
  };
  switch (policy.kind) {
    case "always-on":
      return { kind: "always-on", pods: 1 };
    case "pods": {
      const { pods = "enough" } = policy;
      return { kind: "pods", pods: count(pods), asNeeded: pods === "enough" };
    }
    case "business-hours": {
      const { fromHour, toHour, days, startMinutes = 10 } = { ...officeHours, ...policy };
      check({ fromHour, toHour }, { from: 0, to: 24 });
      check({ startMinutes }, minutesOfDay);
      requireDays({ fromHour, toHour, days });
      const pods = count(policy.pods ?? 1);
      return { kind: "business-hours", pods, fromHour, toHour, days, startMinutes };
    }
    case "autostop": {
      const { idleMinutes = 15, startMinutes = 10 } = policy;
      check({ idleMinutes }, { from: 0, to: 7 * 24 * 60 });
      check({ startMinutes }, minutesOfDay);
      return { kind: "autostop", idleMinutes, startMinutes };
    }
    case "serverless": {
      const { coldStartSeconds = 120, idleTimeoutSeconds = 5, queueDelaySeconds = 4 } = policy;
      const { maxWorkers = 3, minWorkers = 0, requestsPerWorker = null } = policy;
      const times = { coldStartSeconds, idleTimeoutSeconds, queueDelaySeconds };
      check(times, secondsOfDay);
      check({ maxWorkers }, groupCount);
      check({ minWorkers }, { whole: true, from: 0, to: maxWorkers });
      check({ requestsPerWorker: requestsPerWorker ?? 1 }, { whole: true, from: 1, to: 10_000 });
      return { kind: "serverless", ...times, maxWorkers, minWorkers, requestsPerWorker };
    }
    case "maas":
      return { kind: "maas" };
    case "maas-batch": {
      const { batchShare = 1 } = policy;
      check({ batchShare }, { from: 0, to: 1 });
      return { kind: "maas-batch", batchShare };
    }
    default:
      throw new InputError(`replayTrace: there is no policy "${String(kind)}".`, {
        remedy: `Take one of ${allPolicies.map((known) => known.kind).join(", ")}.`,
      });
  }
}

function requireDays({
  fromHour,
  toHour,
  days,
}: {
  fromHour: number;
  toHour: number;
  days: readonly number[];
}) {
  const areDays = days.length > 0 && days.every((day) => Number.isInteger(day) && day >= 1 && day <= 7);
  if (fromHour < toHour && areDays && new Set(days).size === days.length) return;
  throw new InputError(
    `replayTrace: policy business-hours: from ${fromHour} to ${toHour} on the days ${days.join(", ") || "(none)"}.`,
    { remedy: "Give a fromHour before toHour, and days from 1 (Monday) to 7 (Sunday), each once." },
  );
}
