import type { Endpoint } from "./endpoint/index.ts";
import { SettingsError } from "./errors.ts";
import { openRunPod } from "./pods.ts";
import * as runpod from "./runpod/index.ts";
import * as scaleOut from "./scale-out/index.ts";
import { loadSettings } from "./settings.ts";

// The life of a serverless endpoint at the account that the target means: RunPod's, or the rehearsal's stand-in.

/** Lists the pools of GPUs that serverless workers can come from now, the cheapest first. */
export async function listServerlessPools(options: { gpuCount?: number } = {}): Promise<runpod.PoolOffer[]> {
  const { client } = await openRunPod();
  return runpod.listServerlessPools(client, options);
}

/**
 * Makes the planned endpoint under a ceiling; see `scale-out/serverless/create-endpoint.ts` for what it promises.
 *
 * @throws SettingsError with the target `runpod` unless WORKBOOK_SCALE_OUT is `yes`, and where a key or a ceiling is
 * missing.
 */
export async function createEndpoint(
  plan: runpod.EndpointPlan,
  options: scaleOut.CreateEndpointOptions = {},
): Promise<runpod.ServerlessEndpoint> {
  const settings = loadSettings();
  if (settings.target === "runpod" && !settings.scaleOut) {
    throw new SettingsError("Endpoints are only planned, since WORKBOOK_SCALE_OUT is not set to yes.", {
      remedy: "Set WORKBOOK_SCALE_OUT=yes in .env to make this one; it costs money as its plan says.",
    });
  }
  return scaleOut.createEndpoint(await openRunPod({ settings }), plan, options);
}

/** Opens an endpoint whose workers are up, with RUNPOD_ENDPOINT_KEY; `waitUntilReady(endpoint)` waits for a cold start. */
export async function openServerlessEndpoint(
  endpoint: runpod.EndpointOrId,
  options: { model?: string } = {},
): Promise<Endpoint> {
  return scaleOut.openServerlessEndpoint(await openRunPod(), endpoint, options);
}

/** Deletes an endpoint with its workers, verifies that it is gone, and says what it cost in dollars. */
export async function deleteEndpoint(endpoint: runpod.EndpointOrId): Promise<runpod.DeletedEndpoint> {
  return runpod.deleteEndpoint(await openRunPod(), endpoint);
}

/** Lists the account's endpoints: what they cost at rest and at most, and which this workbook wants. */
export async function listEndpoints(): Promise<runpod.ListedEndpoint[]> {
  return runpod.listEndpoints(await openRunPod());
}

/**
 * Deletes this workbook's endpoints that nobody wants, and any workbook's past its deadline.
 *
 * `dryRun` only says which; `everything` deletes all of this workbook's.
 */
export async function sweepEndpoints(
  options: { dryRun?: boolean; everything?: boolean } = {},
): Promise<runpod.SweptPods> {
  return runpod.sweepEndpoints(await openRunPod(), options);
}
