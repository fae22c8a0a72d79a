import { costOf } from "../account/money.ts";
import type { Pod } from "../account/pod.ts";
import type { ApiCall, ApiOperation } from "./api-operation.ts";
import { ApiProblem } from "./api-problem.ts";

const bucketSizes = ["hour", "day", "week", "month", "year"] as const;
type BucketSize = (typeof bucketSizes)[number];

interface Bucket {
  fromMs: number;
  toMs: number;
}

/** What pods have cost, in buckets of time; a pod that has ended stays in the books. */
export const billingOperations: readonly ApiOperation[] = [
  { operation: "listPodBilling", method: "GET", path: "/v2/billing/pods", answer: listPodBilling },
  {
    operation: "listServerlessBilling",
    method: "GET",
    path: "/v2/billing/serverless",
    answer: listServerlessBilling,
  },
  { operation: "listBilling", method: "GET", path: "/v2/billing", answer: listBilling },
];

function listPodBilling({ account, nowMs, query }: ApiCall) {
  const podId = query.get("podId");
  const { buckets, bucketSize } = readBuckets(query, nowMs);
  const pods = [...account.pods.values()].filter(({ id }) => podId === null || id === podId);
  const records = buckets.flatMap((bucket) =>
    pods
      .map((pod) => ({ ...describeRange(bucket), podId: pod.id, ...podAmounts([pod], nowMs, bucket) }))
      .filter(({ totalAmount }) => totalAmount > 0),
  );
  const queryEcho = { ...describeRange(wholeRange(buckets)), bucketSize, podId };
  return {
    status: 200,
    body: {
      records,
      metadata: {
        query: queryEcho,
        recordCount: records.length,
        uniquePodCount: new Set(records.map((record) => record.podId)).size,
        totals: podAmounts(pods, nowMs, wholeRange(buckets)),
      },
    },
  };
}

function listServerlessBilling({ account, nowMs, query }: ApiCall) {
  const serverlessId = query.get("serverlessId");
  const { buckets, bucketSize } = readBuckets(query, nowMs);
  const endpoints = [...account.endpoints.values()].filter(
    ({ id }) => serverlessId === null || id === serverlessId,
  );
  const amounts = (ids: readonly string[], bucket: Bucket) => {
    const workers = ids.flatMap((id) => account.workers.get(id) ?? []);
    return { ...podAmounts(workers, nowMs, bucket), feeAmount: 0 };
  };
  const records = buckets.flatMap((bucket) =>
    endpoints
      .map(({ id, workerIds }) => ({
        ...describeRange(bucket),
        serverlessId: id,
        ...amounts(workerIds, bucket),
      }))
      .filter(({ totalAmount }) => totalAmount > 0),
  );
  const whole = wholeRange(buckets);
  return {
    status: 200,
    body: {
      records,
      metadata: {
        query: { ...describeRange(whole), bucketSize, serverlessId },
        recordCount: records.length,
        uniqueServerlessCount: new Set(records.map((record) => record.serverlessId)).size,
        totals: amounts(
          endpoints.flatMap(({ workerIds }) => workerIds),
          whole,
        ),
      },
    },
  };
}

function listBilling({ account, nowMs, query }: ApiCall) {
  const { buckets, bucketSize } = readBuckets(query, nowMs);
  const [pods, workers] = [[...account.pods.values()], [...account.workers.values()]];
  const records = buckets
    .map((bucket) => ({ ...describeRange(bucket), ...allAmounts({ pods, workers }, nowMs, bucket) }))
    .filter(({ totalAmount }) => totalAmount > 0);
  return {
    status: 200,
    body: {
      records,
      metadata: {
        query: { ...describeRange(wholeRange(buckets)), bucketSize },
        recordCount: records.length,
        totals: allAmounts({ pods, workers }, nowMs, wholeRange(buckets)),
      },
    },
  };
}

function podAmounts(pods: readonly Pod[], nowMs: number, range: Bucket) {
  const costs = pods.map(({ segments }) => costOf(segments, nowMs, range));
  const gpuAmount = costs.reduce((sum, { gpuUsd }) => sum + gpuUsd, 0);
  const diskAmount = costs.reduce((sum, { diskUsd }) => sum + diskUsd, 0);
  return { totalAmount: gpuAmount + diskAmount, gpuAmount, cpuAmount: 0, diskAmount };
}

function allAmounts(rented: { pods: readonly Pod[]; workers: readonly Pod[] }, nowMs: number, range: Bucket) {
  const pods = podAmounts(rented.pods, nowMs, range);
  const workers = podAmounts(rented.workers, nowMs, range);
  return {
    totalAmount: pods.totalAmount + workers.totalAmount,
    podGpuAmount: pods.gpuAmount,
    podCpuAmount: 0,
    podDiskAmount: pods.diskAmount,
    serverlessGpuAmount: workers.gpuAmount,
    serverlessCpuAmount: 0,
    serverlessDiskAmount: workers.diskAmount,
    serverlessFeeAmount: 0,
    storageStandardAmount: 0,
    storageHighPerformanceAmount: 0,
    endpointAmount: 0,
    clusterGpuAmount: 0,
    clusterDiskAmount: 0,
    clusterNetworkingAmount: 0,
  };
}

/** The window is widened to whole buckets, as the contract says. */
function readBuckets(query: URLSearchParams, nowMs: number): { buckets: Bucket[]; bucketSize: BucketSize } {
  const asked = query.get("bucketSize") ?? "day";
  const bucketSize = bucketSizes.find((size) => size === asked);
  const [startTime, endTime, lastN] = ["startTime", "endTime", "lastN"].map((name) => query.get(name));
  if (bucketSize === undefined)
    throw new ApiProblem(400, `bucketSize must be one of ${bucketSizes.join(", ")}`);
  if (lastN !== null && lastN !== undefined) {
    if ((startTime ?? endTime ?? null) !== null) {
      throw new ApiProblem(400, "lastN and startTime or endTime are mutually exclusive");
    }
    let bucket = bucketAt(nowMs, bucketSize);
    const buckets = [bucket];
    while (buckets.length < Math.min(1_000, Number(lastN) || 1)) {
      bucket = bucketAt(bucket.fromMs - 1, bucketSize);
      buckets.unshift(bucket);
    }
    return { buckets, bucketSize };
  }
  const toMs = endTime == null ? nowMs : Date.parse(endTime);
  const fromMs = startTime == null ? nowMs - 30 * 86_400_000 : Date.parse(startTime);
  if (Number.isNaN(fromMs) || Number.isNaN(toMs) || fromMs > toMs) {
    throw new ApiProblem(400, "startTime and endTime must be RFC 3339 times, in this order");
  }
  const buckets = [bucketAt(fromMs, bucketSize)];
  for (let last = buckets[0]; last !== undefined && last.toMs < toMs && buckets.length < 10_000; ) {
    last = bucketAt(last.toMs, bucketSize);
    buckets.push(last);
  }
  return { buckets, bucketSize };
}

/** The bucket, in UTC, into which a moment falls; weeks begin on Monday. */
function bucketAt(atMs: number, size: BucketSize): Bucket {
  const date = new Date(atMs);
  const [year, month, day, hour] = [
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
  ];
  const monday = day - ((date.getUTCDay() + 6) % 7);
  switch (size) {
    case "hour":
      return { fromMs: Date.UTC(year, month, day, hour), toMs: Date.UTC(year, month, day, hour + 1) };
    case "day":
      return { fromMs: Date.UTC(year, month, day), toMs: Date.UTC(year, month, day + 1) };
    case "week":
      return { fromMs: Date.UTC(year, month, monday), toMs: Date.UTC(year, month, monday + 7) };
    case "month":
      return { fromMs: Date.UTC(year, month), toMs: Date.UTC(year, month + 1) };
    case "year":
      return { fromMs: Date.UTC(year, 0), toMs: Date.UTC(year + 1, 0) };
  }
}

function wholeRange(buckets: readonly Bucket[]): Bucket {
  return { fromMs: buckets[0]?.fromMs ?? 0, toMs: buckets.at(-1)?.toMs ?? 0 };
}

function describeRange({ fromMs, toMs }: Bucket) {
  return { startTime: new Date(fromMs).toISOString(), endTime: new Date(toMs).toISOString() };
}
