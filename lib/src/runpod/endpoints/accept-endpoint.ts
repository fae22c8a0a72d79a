import type { CreateEndpointBody, RunPodEndpoint } from "../client/endpoint-schemas.ts";
import type { RunPodContext } from "../rental/context.ts";
import { CreateEndpointError } from "./create-endpoint-error.ts";
import { endEndpoint } from "./delete-endpoint.ts";
import { describeEndpoint, mayStillCost, type ServerlessEndpoint } from "./serverless-endpoint.ts";

/**
 * Puts an endpoint that was just made on record, and deletes it at once where it must not go on.
 *
 * @throws CreateEndpointError where it is not what was asked for, cannot be put on record, or was interrupted.
 */
export async function acceptEndpoint(
  context: RunPodContext,
  options: { endpoint: RunPodEndpoint; body: CreateEndpointBody; stem: string; signal: AbortSignal },
): Promise<ServerlessEndpoint> {
  const { endpoint, stem } = options;
  let problem = record(context, options) ?? judge(options);
  if (problem === null) {
    try {
      return describeEndpoint(context, endpoint, context.journal.read().endpoints.get(stem));
    } catch (cause) {
      problem = new CreateEndpointError("The endpoint cannot be called safely, so it was not kept.", {
        remedy: cause instanceof Error ? cause.message : String(cause),
        cause,
      });
    }
  }
  try {
    await endEndpoint(context, endpoint);
  } catch (cause) {
    const maxUsdPerHour = context.journal.read().endpoints.get(stem)?.maxUsdPerHour ?? null;
    throw new CreateEndpointError(`${problem.problemText} Deleting it did not work.`, {
      remedy: mayStillCost({ id: endpoint.id, maxUsdPerHour }),
      cause,
    });
  }
  throw problem;
}

function record(
  context: RunPodContext,
  { endpoint, stem }: { endpoint: RunPodEndpoint; stem: string },
): CreateEndpointError | null {
  try {
    context.journal.append({ kind: "endpoint-created", stem, endpointId: endpoint.id });
    return null;
  } catch (cause) {
    return new CreateEndpointError(
      "The endpoint was made but could not be put on record, so it was not kept.",
      {
        remedy: "Give the state folder write permission or free space.",
        cause,
      },
    );
  }
}

/** The ceiling was compared with what was asked for: an endpoint that may grow beyond it must not stay. */
function judge(options: {
  endpoint: RunPodEndpoint;
  body: CreateEndpointBody;
  signal: AbortSignal;
}): CreateEndpointError | null {
  const { endpoint, body, signal } = options;
  const { workers, gpu } = endpoint;
  const others = (gpu?.pools ?? []).filter((pool) => !body.gpu.pools.includes(pool));
  const differences = [
    ...(workers.max > body.workers.max ? [`${workers.max} workers at most, not ${body.workers.max}`] : []),
    ...(workers.min > body.workers.min ? [`${workers.min} workers at least, not ${body.workers.min}`] : []),
    ...(others.length > 0 ? [`workers of ${others.join(", ")}`] : []),
    ...((gpu?.count ?? body.gpu.count) > body.gpu.count ? [`${gpu?.count} GPUs a worker`] : []),
  ];
  if (differences.length > 0) {
    return new CreateEndpointError(
      `The endpoint that was made has ${differences.join(" and ")}, so it could cost more than the ceiling and was not kept.`,
      { remedy: "Try again; if it happens again, RunPod's contract has changed: look for a newer workbook." },
    );
  }
  if (!signal.aborted) return null;
  return new CreateEndpointError("Making the endpoint was interrupted, so it was not kept.", {
    remedy: "Run the cell again when you want it.",
  });
}
