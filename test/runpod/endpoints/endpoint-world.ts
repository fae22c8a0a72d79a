import type { TestContext } from "node:test";
import type { RunPodContext } from "../../../lib/src/runpod/index.ts";
import { type EndpointPlan, type EndpointPlanRequest, planEndpoint } from "../../../lib/src/runpod/index.ts";
import type { StandInOptions } from "../../../rehearsal/src/index.ts";
import { type PodWorld, startPodWorld } from "../pod-world.ts";

/** A key that is obviously none, and that may only call endpoints. */
export const endpointCanary = "rpa_canary_endpoints_only";

/** A stand-in of Runpod whose time the tests move, and workbooks that have a key for endpoints. */
export async function startEndpointWorld(
  context: Pick<TestContext, "after">,
  options: StandInOptions = {},
): Promise<PodWorld> {
  const world = await startPodWorld(context, options);
  return {
    ...world,
    open(opening) {
      // No test is about the price of today, but for those that open with a ceiling of their own.
      const workbook: RunPodContext = world.open({ maxUsdPerHour: 50, ...opening });
      workbook.connection.endpointKey = endpointCanary;
      return workbook;
    },
  };
}

/** One worker of an A40 or an A6000 at most, with an open model, so that no token is needed. */
export function smallEndpoint(request: Partial<EndpointPlanRequest> = {}): EndpointPlan {
  return planEndpoint({ model: "Qwen/Qwen2.5-7B-Instruct", ...request });
}
