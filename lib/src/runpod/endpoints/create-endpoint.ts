import { InputError, SettingsError } from "../../errors.ts";
import { interruptible } from "../../kernel/index.ts";
import { loadSettings } from "../../settings.ts";
import type { CreateEndpointBody, RunPodEndpoint } from "../client/schemas.ts";
import { secretPlaceholder } from "../pods/pod-plan.ts";
import { fingerprintOfKey, type RunPodContext, readCeiling } from "../rental/context.ts";
import { ensureSecret } from "../rental/ensure-secret.ts";
import { type AccountOptions, openRunPod } from "../rental/open-runpod.ts";
import { rentOnRecord } from "../rental/rent-on-record.ts";
import { drawStem, labelVariables, nameWithDeadline } from "../rental/rental-kind.ts";
import { type CheckedPools, checkPools } from "./check-pools.ts";
import { CreateEndpointError } from "./endpoint-errors.ts";
import { readEndpointKey } from "./endpoint-key.ts";
import { endpointKind, endpointLabelForm } from "./endpoint-kind.ts";
import type { EndpointPlan } from "./endpoint-plan.ts";
import { type ServerlessEndpoint, toServerlessEndpoint } from "./serverless-endpoint.ts";

/** What `createEndpoint` takes beside the plan. */
export interface CreateEndpointOptions extends AccountOptions {
  /** The most that all workers together may cost in dollars per hour; default `WORKBOOK_MAX_USD_PER_HOUR`. */
  maxUsdPerHour?: number | undefined;
  /** The name of a Runpod secret with the Hugging Face token; default: the workbook's own, made from `HF_TOKEN`. */
  huggingFaceSecret?: string | undefined;
}

/**
 * Makes the planned endpoint, if all its workers together stay below the ceiling.
 *
 * The intent is on disk before the call, and the endpoint carries its deadline in its name. It costs nothing until a
 * request comes, unless the plan has a minimum of workers. Interrupted, it deletes what it has made.
 *
 * @throws SettingsError with the target `runpod` unless WORKBOOK_SCALE_OUT is `yes`, and without a ceiling or
 * RUNPOD_ENDPOINT_KEY; BudgetError; JournalError where nothing can be put on record; CreateEndpointError where no pool is below the
 * ceiling or the endpoint was not kept; RunPodError where Runpod refuses.
 */
export async function createEndpoint(
  plan: EndpointPlan,
  options: CreateEndpointOptions = {},
): Promise<ServerlessEndpoint> {
  checkPlan(plan);
  if (options.context === undefined) requireScaleOut();
  const context = await openRunPod(options);
  const ceiling = readCeiling(context, options.maxUsdPerHour, "createEndpoint");
  // An endpoint that nobody can call is not worth making.
  readEndpointKey(context);
  const create = async (signal: AbortSignal) => {
    const checked = await checkPools(context, { plan, ceiling, signal });
    const huggingFaceSecret = plan.needsHuggingFaceToken
      ? (options.huggingFaceSecret ?? (await ensureSecret(context, { signal })))
      : null;
    const stem = drawStem(context.workbookId, "endpoint");
    const deadlineAt = new Date(context.now().getTime() + plan.deadlineMinutes * 60_000);
    const body = makeBody(context, { plan, checked, stem, deadlineAt, huggingFaceSecret });
    return rentOnRecord(context, endpointKind, {
      intent: {
        kind: "endpoint-intent",
        stem,
        deadlineAt: deadlineAt.toISOString(),
        model: plan.model,
        adapters: plan.adapters.map(({ name }) => name),
        maxUsdPerHour: checked.maxUsdPerHour,
        creator: context.self,
        keyFingerprint: fingerprintOfKey(context),
      },
      idleMinutes: null,
      withoutWatchdog:
        "No watchdog process could be started on this machine: only the next command deletes it after its deadline.",
      async choose(place) {
        const outcome = await place(() => context.client.createEndpoint(body, { signal }));
        if ("refusal" in outcome) throw outcome.refusal;
        const { found } = outcome;
        return { found, created: { kind: "endpoint-created", stem, endpointId: found.id } };
      },
      judge: (endpoint) => judgeSize(endpoint, body),
      describe: (endpoint) => toServerlessEndpoint(context, endpoint),
      signal,
    });
  };
  return interruptible(create, { signal: options.signal });
}

function requireScaleOut(): void {
  const { target, scaleOut } = loadSettings();
  if (target !== "runpod" || scaleOut) return;
  throw new SettingsError("Endpoints are only planned, since WORKBOOK_SCALE_OUT is not set to yes.", {
    remedy: "Set WORKBOOK_SCALE_OUT=yes in .env to make this one; it costs money as its plan says.",
  });
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
      ...labelVariables({ workbookId: context.workbookId, stem, deadlineAt }, endpointLabelForm),
      ...(huggingFaceSecret === null ? {} : { HF_TOKEN: secretPlaceholder(huggingFaceSecret) }),
    },
  };
}

/** The ceiling was compared with what was asked for: an endpoint that may grow beyond it must not stay. */
function judgeSize(endpoint: RunPodEndpoint, body: CreateEndpointBody): CreateEndpointError | null {
  const { workers, gpu } = endpoint;
  const others = (gpu?.pools ?? []).filter((pool) => !body.gpu.pools.includes(pool));
  const differences = [
    ...(!(workers.max <= body.workers.max)
      ? [`${workers.max} workers at most, not ${body.workers.max}`]
      : []),
    ...(!(workers.min <= body.workers.min)
      ? [`${workers.min} workers at least, not ${body.workers.min}`]
      : []),
    ...(others.length > 0 ? [`workers of ${others.join(", ")}`] : []),
    ...((gpu?.count ?? body.gpu.count) > body.gpu.count ? [`${gpu?.count} GPUs a worker`] : []),
  ];
  if (differences.length === 0) return null;
  return new CreateEndpointError(
    `The endpoint that was made has ${differences.join(" and ")}, so it could cost more than the ceiling and was not kept.`,
    {
      remedy:
        "Try again; if it happens again, Runpod's API has changed: look for a newer version of this workbook.",
    },
  );
}

function checkPlan({ deadlineMinutes, minWorkers, maxWorkers, pools }: EndpointPlan): void {
  const isBounded = Number.isInteger(maxWorkers) && maxWorkers >= 1 && minWorkers <= maxWorkers;
  if (Number.isFinite(deadlineMinutes) && deadlineMinutes > 0 && isBounded && pools.length > 0) return;
  throw new InputError("The plan has no deadline, no pool, or no bound on its workers.", {
    remedy: "Make it with planEndpoint(), and change the request instead of the plan.",
  });
}
