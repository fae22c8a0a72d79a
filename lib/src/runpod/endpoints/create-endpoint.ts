import { InputError } from "../../errors.ts";
import { interruptible } from "../../kernel/index.ts";
import type { CreateEndpointBody } from "../client/endpoint-schemas.ts";
import { nameWithDeadline } from "../pods/pod-name.ts";
import { readCeiling } from "../pods/price-candidates.ts";
import { secretPlaceholder } from "../pods/secret-name.ts";
import { fingerprintOfKey, type RunPodContext } from "../rental/context.ts";
import { ensureSecret } from "../rental/ensure-secret.ts";
import { armWatchdog } from "../rental/rearm-watchdogs.ts";
import { acceptEndpoint } from "./accept-endpoint.ts";
import { type CheckedPools, checkPools } from "./check-pools.ts";
import { CreateEndpointError } from "./create-endpoint-error.ts";
import { readEndpointKey } from "./endpoint-key.ts";
import { drawEndpointStem, endpointVariables } from "./endpoint-name.ts";
import type { EndpointPlan } from "./endpoint-plan.ts";
import { makeEndpoint } from "./make-endpoint.ts";
import type { ServerlessEndpoint } from "./serverless-endpoint.ts";

/** What `createEndpoint` takes beside the plan. */
export interface CreateEndpointOptions {
  /** The most that all workers together may cost in dollars per hour; default `WORKBOOK_MAX_USD_PER_HOUR`. */
  maxUsdPerHour?: number | undefined;
  /** The name of a RunPod secret with the Hugging Face token; default: the workbook's own, made from `HF_TOKEN`. */
  huggingFaceSecret?: string | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Makes the planned endpoint, if all its workers together stay below the ceiling.
 *
 * The intent is on disk before the call, and the endpoint carries its deadline in its name. It costs nothing until a
 * request comes, unless the plan has a minimum of workers. Interrupted, it deletes what it has made.
 *
 * @throws SettingsError without a ceiling or without RUNPOD_ENDPOINT_KEY, JournalError where nothing can be put on
 * record, CreateEndpointError where no pool is below the ceiling or the endpoint was not kept, RunPodError where RunPod
 * refuses.
 */
export async function createEndpoint(
  context: RunPodContext,
  plan: EndpointPlan,
  options: CreateEndpointOptions = {},
): Promise<ServerlessEndpoint> {
  checkPlan(plan);
  const ceiling = readCeiling(context, options.maxUsdPerHour, "createEndpoint");
  // An endpoint that nobody can call is not worth making.
  readEndpointKey(context);
  return interruptible(
    async (signal) => {
      const checked = await checkPools(context, { plan, ceiling, signal });
      const huggingFaceSecret = plan.needsHuggingFaceToken
        ? (options.huggingFaceSecret ?? (await ensureSecret(context, { signal })))
        : null;
      const stem = drawEndpointStem(context.workbookId);
      const deadlineAt = new Date(context.now().getTime() + plan.deadlineMinutes * 60_000);
      const body = makeBody(context, { plan, checked, stem, deadlineAt, huggingFaceSecret });
      return make(context, { plan, body, stem, deadlineAt, checked, signal });
    },
    { signal: options.signal },
  );
}

async function make(
  context: RunPodContext,
  undertaking: {
    plan: EndpointPlan;
    body: CreateEndpointBody;
    stem: string;
    deadlineAt: Date;
    checked: CheckedPools;
    signal: AbortSignal;
  },
): Promise<ServerlessEndpoint> {
  const { plan, body, stem, deadlineAt, checked, signal } = undertaking;
  context.journal.append({
    kind: "endpoint-intent",
    ...{ stem, deadlineAt: deadlineAt.toISOString(), model: plan.model },
    ...{ maxUsdPerHour: checked.maxUsdPerHour, creator: context.self },
    keyFingerprint: fingerprintOfKey(context),
  });
  let mayBeThere = false;
  try {
    if (!armWatchdog(context, { stem, idleMinutes: null })) {
      context.say("No watchdog could be started here: only the next command deletes it after its deadline.");
    }
    if (signal.aborted) {
      throw new CreateEndpointError("Making the endpoint was interrupted before anything was made.", {
        remedy: "Run the cell again when you want it.",
      });
    }
    mayBeThere = true;
    const outcome = await makeEndpoint(context, { body, stem, signal });
    mayBeThere = outcome.kind !== "refused";
    switch (outcome.kind) {
      case "made":
        return await acceptEndpoint(context, { endpoint: outcome.endpoint, body, stem, signal });
      case "refused":
        throw outcome.error;
      case "unclear":
        throw new CreateEndpointError(
          `Whether an endpoint was made is not known: ${outcome.error.problemText}`,
          {
            remedy:
              "None of that name shows so far, and one that shows up late is deleted by the next command. " +
              "Look with listEndpoints() in a minute, then try again.",
            cause: outcome.error,
          },
        );
    }
  } catch (error) {
    giveUp(context, { stem, mayBeThere });
    throw error;
  }
}

function makeBody(
  context: Pick<RunPodContext, "workbookId">,
  parts: {
    plan: EndpointPlan;
    checked: CheckedPools;
    stem: string;
    deadlineAt: Date;
    huggingFaceSecret: string | null;
  },
): CreateEndpointBody {
  const { plan, checked, stem, deadlineAt, huggingFaceSecret } = parts;
  const { pools, excludedTypes } = checked;
  const { excludedTypes: _planned, ...gpu } = plan.payload.gpu;
  return {
    ...plan.payload,
    name: nameWithDeadline(stem, deadlineAt),
    gpu: { ...gpu, pools, ...(excludedTypes.length === 0 ? {} : { excludedTypes }) },
    env: {
      ...plan.environment,
      [endpointVariables.workbookId]: context.workbookId,
      [endpointVariables.stem]: stem,
      [endpointVariables.deadline]: deadlineAt.toISOString(),
      ...(huggingFaceSecret === null ? {} : { HF_TOKEN: secretPlaceholder(huggingFaceSecret) }),
    },
  };
}

/** Closes an intent of which nothing came; what may still come of another one is nobody's, so the next sweep ends it. */
function giveUp(context: RunPodContext, { stem, mayBeThere }: { stem: string; mayBeThere: boolean }): void {
  try {
    context.journal.append(mayBeThere ? { kind: "abandoned", stem } : { kind: "ended", stem, usd: 0 });
  } catch {
    // The disk has failed meanwhile. The error on its way says what matters, and the endpoint's name says the rest.
  }
}

function checkPlan({ deadlineMinutes, minWorkers, maxWorkers, pools }: EndpointPlan): void {
  const isBounded = Number.isInteger(maxWorkers) && maxWorkers >= 1 && minWorkers <= maxWorkers;
  if (Number.isFinite(deadlineMinutes) && deadlineMinutes > 0 && isBounded && pools.length > 0) return;
  throw new InputError("The plan has no deadline, no pool, or no bound on its workers.", {
    remedy: "Make it with planEndpoint(), and change the request instead of the plan.",
  });
}
