import { type BillingRange, costOf } from "../account/money.ts";
import type { Pod } from "../account/pod.ts";
import type { ApiCall, ApiOperation } from "./api-operation.ts";
import { ApiProblem } from "./api-problem.ts";

const hourMs = 3_600_000;
const defaultWindowMs = 30 * 24 * hourMs;

/** What pods and endpoints have cost, hour by hour; those that have ended stay in the list. */
export const billingOperations: readonly ApiOperation[] = [
  {
    operation: "listPodBilling",
    method: "GET",
    path: "/v2/billing/pods",
    answer: (call) =>
      listCosts(call, {
        idName: "podId",
        countName: "uniquePodCount",
        containers: new Map([...call.account.pods.values()].map((pod) => [pod.id, [pod]])),
        fees: {},
      }),
  },
  {
    operation: "listServerlessBilling",
    method: "GET",
    path: "/v2/billing/serverless",
    answer(call) {
      const { endpoints, workers } = call.account;
      const workersOf = (ids: readonly string[]) => ids.flatMap((id) => workers.get(id) ?? []);
      return listCosts(call, {
        idName: "serverlessId",
        countName: "uniqueServerlessCount",
        containers: new Map(
          [...endpoints.values()].map(({ id, workerIds }) => [id, workersOf(workerIds)] as const),
        ),
        fees: { feeAmount: 0 },
      });
    },
  },
];

function listCosts(
  { nowMs, query }: ApiCall,
  options: {
    idName: string;
    countName: string;
    /** By the id of the pod or endpoint that pays for them. */
    containers: ReadonlyMap<string, readonly Pod[]>;
    fees: object;
  },
) {
  const { idName, countName, fees } = options;
  const wantedId = query.get(idName);
  const hours = readHours(query, nowMs);
  const window = { fromMs: hours[0]?.fromMs ?? 0, toMs: hours.at(-1)?.toMs ?? 0 };
  const containers = [...options.containers].filter(([id]) => wantedId === null || id === wantedId);
  const amounts = (pods: readonly Pod[], range: BillingRange) => {
    const segments = pods.flatMap((pod) => pod.segments);
    const { gpuUsd, diskUsd, totalUsd } = costOf(segments, nowMs, range);
    return { totalAmount: totalUsd, gpuAmount: gpuUsd, cpuAmount: 0, diskAmount: diskUsd, ...fees };
  };
  const records = hours.flatMap((hour) =>
    containers.flatMap(([id, pods]) => {
      const costs = amounts(pods, hour);
      return costs.totalAmount > 0 ? [{ ...describeRange(hour), [idName]: id, ...costs }] : [];
    }),
  );
  const allPods = containers.flatMap(([, pods]) => pods);
  const metadata = {
    query: { ...describeRange(window), bucketSize: "hour", [idName]: wantedId },
    recordCount: records.length,
    [countName]: containers.filter(([, pods]) => amounts(pods, window).totalAmount > 0).length,
    totals: amounts(allPods, window),
  };
  return { status: 200, body: { records, metadata } };
}

/** The whole hours from `startTime` on, as the contract widens the window; the stand-in knows no other bucket. */
function readHours(query: URLSearchParams, nowMs: number): BillingRange[] {
  const bucketSize = query.get("bucketSize");
  if (bucketSize !== "hour") throw new ApiProblem(400, "bucketSize must be hour on the stand-in");
  const startTime = query.get("startTime");
  const startMs = startTime === null ? nowMs - defaultWindowMs : Date.parse(startTime);
  if (Number.isNaN(startMs) || startMs > nowMs) {
    throw new ApiProblem(400, "startTime must be an RFC 3339 time that is not in the future");
  }
  const hours: BillingRange[] = [];
  for (let fromMs = Math.floor(startMs / hourMs) * hourMs; fromMs <= nowMs; fromMs += hourMs) {
    hours.push({ fromMs, toMs: fromMs + hourMs });
  }
  return hours;
}

function describeRange({ fromMs, toMs }: BillingRange) {
  return { startTime: new Date(fromMs).toISOString(), endTime: new Date(toMs).toISOString() };
}
