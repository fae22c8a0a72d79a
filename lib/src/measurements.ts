import type { Endpoint } from "./endpoint/index.ts";
import * as measure from "./measure/index.ts";
import { listPods } from "./runpod/index.ts";

/**
 * Measures what an endpoint yields at rising numbers of streams; see `measure/measure-throughput.ts`.
 *
 * For a pod of this workbook its GPU and its price are taken from the account, unless `gpu` says otherwise.
 */
export async function measureThroughput(
  endpoint: Endpoint,
  options: measure.MeasureOptions = {},
): Promise<measure.Measurement> {
  const gpu = options.gpu === undefined ? await findGpu(endpoint) : options.gpu;
  return measure.measureThroughput(endpoint, { ...options, gpu });
}

/** The GPU of the pod that an endpoint belongs to; `null` where that is not known. */
async function findGpu(endpoint: Endpoint): Promise<measure.Measurement["gpu"]> {
  if (endpoint.origin !== "pod") return null;
  const pods = await listPods().catch(() => []);
  const pod = pods.find(({ baseUrl }) => baseUrl === endpoint.baseUrl);
  if (pod === undefined || pod.gpuTypeId === null) return null;
  return { name: pod.gpuTypeId, count: pod.gpuCount, usdPerHour: pod.usdPerHour };
}
