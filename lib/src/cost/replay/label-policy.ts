import type { SettledPolicy } from "./policy.ts";

const dayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** Names a policy with the numbers that matter, in a few words. */
export function labelPolicy(policy: SettledPolicy): string {
  switch (policy.kind) {
    case "always-on":
      return "1 pod, always on";
    case "pods":
      return `${countPods(policy.pods)}${policy.asNeeded ? " as needed" : ""}, always on`;
    case "business-hours":
      return `${countPods(policy.pods)}, ${nameDays(policy.days)} ${clock(policy.fromHour)} to ${clock(policy.toHour)}`;
    case "autostop":
      return `1 pod, stopped after ${policy.idleMinutes} idle min`;
    case "serverless":
      return `serverless, ${policy.minWorkers > 0 ? `${policy.minWorkers} to` : "at most"} ${policy.maxWorkers} worker${policy.maxWorkers === 1 ? "" : "s"}`;
    case "maas":
      return "MaaS";
    case "maas-batch":
      return `MaaS, ${Math.round(policy.batchShare * 100)} % in batches`;
  }
}

function countPods(pods: number): string {
  return pods === 1 ? "1 pod" : `${pods} pods`;
}

function nameDays(days: readonly number[]): string {
  const sorted = [...days].sort((a, b) => a - b);
  const [first = 1, last = first] = [sorted[0], sorted.at(-1)];
  const names = sorted.map((day) => dayNames[day - 1] ?? "");
  const isRow = sorted.length > 2 && last - first === sorted.length - 1;
  return isRow ? `${names[0]} to ${names.at(-1)}` : names.join(", ");
}

function clock(hour: number): string {
  const minutes = Math.round((hour % 1) * 60);
  return `${Math.floor(hour)}:${String(minutes).padStart(2, "0")}`;
}
