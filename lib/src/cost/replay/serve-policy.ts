import type { Load, Served } from "./load.ts";
import { openingHours } from "./opening-hours.ts";
import type { SettledPolicy } from "./policy.ts";
import { serveElastically } from "./serve-elastically.ts";
import { serveInBusinessHours } from "./serve-in-business-hours.ts";
import { serveWithPods } from "./serve-with-pods.ts";

/** A policy that rents groups of GPUs. */
export type MachinePolicy = Exclude<SettledPolicy, { kind: "maas" | "maas-batch" }>;

/** Groups that a policy can have at work, on average over the week. */
export function mostWorkingGroups(policy: MachinePolicy): number {
  switch (policy.kind) {
    case "always-on":
    case "pods":
      return policy.pods;
    case "business-hours":
      return (policy.pods * openingHours(policy).openSecondsPerWeek) / (7 * 86_400);
    case "autostop":
      return 1;
    case "serverless":
      return policy.maxWorkers;
  }
}

/** Serves a load under a policy; its waits are in `load.waitSeconds` afterwards. */
export function servePolicy(load: Load, policy: MachinePolicy): Served {
  switch (policy.kind) {
    case "always-on":
    case "pods":
      return serveWithPods(load, policy.pods);
    case "business-hours":
      return serveInBusinessHours(load, policy);
    case "autostop":
      return serveElastically(load, {
        mostGroups: 1,
        startSeconds: policy.startMinutes * 60,
        idleSeconds: policy.idleMinutes * 60,
        startAtWaitSeconds: 0,
        countsStart: true,
        roundsUp: false,
        leastGroups: 0,
      });
    case "serverless":
      return serveElastically(load, {
        mostGroups: policy.maxWorkers,
        startSeconds: policy.coldStartSeconds,
        idleSeconds: policy.idleTimeoutSeconds,
        startAtWaitSeconds:
          policy.requestsPerWorker === null
            ? policy.queueDelaySeconds
            : workAheadOf(load, policy.requestsPerWorker),
        // A queue looks at the wait, whatever it is for; a balancer counts requests.
        countsStart: policy.requestsPerWorker === null,
        roundsUp: true,
        leastGroups: policy.minWorkers,
      });
  }
}

/** The work before the last of so many requests, in seconds; one more has more work than that before it. */
function workAheadOf({ totalWorkSeconds, arrivalSeconds }: Load, requests: number): number {
  return (requests - 1) * (totalWorkSeconds / arrivalSeconds.length) * (1 + 1e-9);
}
