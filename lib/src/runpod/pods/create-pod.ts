import { randomBytes } from "node:crypto";
import { InputError } from "../../errors.ts";
import { interruptible } from "../../kernel/index.ts";
import { RunPodError } from "../client/runpod-error.ts";
import { fingerprintOfKey, type RunPodContext } from "../rental/context.ts";
import { ensureSecret } from "../rental/ensure-secret.ts";
import { armWatchdog } from "../rental/rearm-watchdogs.ts";
import { acceptPod } from "./accept-pod.ts";
import {
  allFailed,
  type FailedCandidate,
  interruptedBefore,
  unclear,
  withMissingMoney,
} from "./create-pod-error.ts";
import { ensureTemplate } from "./ensure-template.ts";
import type { Pod } from "./pod.ts";
import { type BodyParts, makePodBody } from "./pod-body.ts";
import { drawStem } from "./pod-name.ts";
import type { PodPlan } from "./pod-plan.ts";
import { type PricedCandidate, priceCandidates, readCeiling } from "./price-candidates.ts";
import { type RentOutcome, rentPod } from "./rent-pod.ts";

/** What `createPod` takes beside the plan. */
export interface CreatePodOptions {
  /** The most that the pod may cost in dollars per hour; default `WORKBOOK_MAX_USD_PER_HOUR`. */
  maxUsdPerHour?: number | undefined;
  /** The name of a RunPod secret with the Hugging Face token; default: the workbook's own, made from `HF_TOKEN`. */
  huggingFaceSecret?: string | undefined;
  /** The key that the pod's vLLM asks for; default: one drawn for this pod. Pods behind a router share one. */
  apiKey?: string | undefined;
  /** Ends the pod after so many minutes without work; default: only its deadline does. */
  idleMinutes?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Rents the planned pod, on the first GPU type that is to be had below the ceiling.
 *
 * The intent is on disk before the call that costs money, and the pod carries its deadline with it. Interrupted, it
 * ends what it has rented.
 *
 * @throws SettingsError without a ceiling, JournalError where nothing can be put on record, CreatePodError with each
 * GPU type and its reason where none could be had, RunPodError where no GPU type would help.
 */
export async function createPod(
  context: RunPodContext,
  plan: PodPlan,
  options: CreatePodOptions = {},
): Promise<Pod> {
  checkPlan(plan, options);
  const ceiling = readCeiling(context, options.maxUsdPerHour);
  return interruptible(
    async (signal) => {
      const candidates = await priceCandidates(context, { plan, ceiling, signal });
      if (candidates.every(({ refusal }) => refusal !== null)) throw allFailed(refusals(candidates));
      const huggingFaceSecret = plan.needsHuggingFaceToken
        ? (options.huggingFaceSecret ?? (await ensureSecret(context, { signal })))
        : null;
      const parts: BodyParts = {
        stem: drawStem(context.workbookId),
        deadlineAt: new Date(context.now().getTime() + plan.deadlineMinutes * 60_000),
        vllmKey: options.apiKey ?? `sk-${randomBytes(24).toString("base64url")}`,
        huggingFaceSecret,
        withStartScript: true,
      };
      if (options.idleMinutes !== undefined) {
        context.say(
          `The pod ends after ${options.idleMinutes} minutes without work, even before its deadline.`,
        );
      }
      return rent(context, { plan, options, ceiling, candidates, parts, signal });
    },
    { signal: options.signal },
  );
}

interface Undertaking {
  plan: PodPlan;
  options: CreatePodOptions;
  ceiling: number;
  candidates: readonly PricedCandidate[];
  parts: BodyParts;
  signal: AbortSignal;
}

async function rent(context: RunPodContext, undertaking: Undertaking): Promise<Pod> {
  const { plan, options, candidates, parts, signal } = undertaking;
  const { stem, deadlineAt } = parts;
  const { idleMinutes = null } = options;
  const templateId = await makeTemplate(context, undertaking);
  context.journal.append({
    kind: "intent",
    ...{ stem, deadlineAt: deadlineAt.toISOString(), model: plan.model, gpuCount: plan.gpuCount },
    ...{ creator: context.self, idleMinutes, keyFingerprint: fingerprintOfKey(context) },
  });
  let mayHaveRented = false;
  try {
    if (!armWatchdog(context, { stem, idleMinutes })) {
      context.say("No watchdog could be started here: only the timer inside the pod ends it by itself.");
    }
    const failed = refusals(candidates);
    const open = candidates.filter(({ refusal }) => refusal === null);
    let cause: unknown;
    for (const { gpuTypeId, usdPerHour } of open) {
      if (signal.aborted) throw interruptedBefore(failed);
      mayHaveRented = true;
      const outcome = await tryGpu(context, { undertaking, gpuTypeId, templateId, failed });
      mayHaveRented = outcome.kind === "rented" || outcome.kind === "unclear";
      switch (outcome.kind) {
        case "rented": {
          const { withStartScript: hasStartScript } = parts;
          const { ceiling } = undertaking;
          const { pod } = outcome;
          return await acceptPod(context, { pod, stem, gpuTypeId, hasStartScript, ceiling, signal });
        }
        case "refused":
          failed.push({ gpuTypeId, reason: outcome.reason });
          cause = outcome.error;
          break;
        case "unclear":
          throw unclear(outcome.error, [...failed, { gpuTypeId, reason: outcome.error.problemText }]);
        default:
          throw await explainHopeless(context, { error: outcome.error, usdPerHour });
      }
    }
    throw allFailed(failed, cause);
  } catch (error) {
    giveUp(context, { stem, mayHaveRented });
    throw error;
  }
}

/** Asks for a pod on one GPU type; once more without what this API turns out not to take. */
async function tryGpu(
  context: RunPodContext,
  options: {
    undertaking: Undertaking;
    gpuTypeId: string;
    templateId: string | null;
    failed: readonly FailedCandidate[];
  },
): Promise<RentOutcome> {
  const { undertaking, gpuTypeId, templateId, failed } = options;
  const { plan, parts, signal } = undertaking;
  if (signal.aborted) throw interruptedBefore(failed);
  const body = makePodBody(context, plan, parts);
  body.gpu = { ...body.gpu, id: gpuTypeId, count: plan.gpuCount };
  if (templateId !== null) body.templateId = templateId;
  const outcome = await rentPod(context, { body, signal });
  if (outcome.kind === "no template") return tryGpu(context, { ...options, templateId: null });
  if (outcome.kind !== "old contract") return outcome;
  forgoStartScript(context, parts);
  return tryGpu(context, options);
}

/** Closes an intent of which nothing came; what may still come of another one is nobody's, so the next sweep ends it. */
function giveUp(
  context: RunPodContext,
  { stem, mayHaveRented }: { stem: string; mayHaveRented: boolean },
): void {
  try {
    context.journal.append(mayHaveRented ? { kind: "abandoned", stem } : { kind: "ended", stem, usd: 0 });
  } catch {
    // The disk has failed meanwhile. The error on its way says what matters, and the pod's name says the rest.
  }
}

async function makeTemplate(context: RunPodContext, undertaking: Undertaking): Promise<string | null> {
  const { plan, parts, signal } = undertaking;
  try {
    return await ensureTemplate(context, { pod: makePodBody(context, plan, parts), signal });
  } catch (error) {
    const isOldContract = error instanceof RunPodError && /\b(entrypoint|cmd)\b/.test(error.detail);
    if (!isOldContract || !parts.withStartScript) throw error;
    forgoStartScript(context, parts);
    return ensureTemplate(context, { pod: makePodBody(context, plan, parts), signal });
  }
}

function forgoStartScript(context: RunPodContext, parts: BodyParts): void {
  parts.withStartScript = false;
  context.say(
    "This API takes no start script, so two things are missing. The pod will not end itself at its deadline: only " +
      "this machine's watchdog and the next sweep end it. And vLLM's side doors stay open: whoever knows the pod's " +
      "address can run the model through /invocations without a key.",
  );
}

async function explainHopeless(
  context: RunPodContext,
  { error, usdPerHour }: { error: RunPodError; usdPerHour: number | null },
): Promise<RunPodError> {
  if (error.problem !== "balance-too-low") return error;
  const account = await context.client.fetchAccount().catch(() => null);
  return withMissingMoney(error, { account, usdPerHour });
}

function checkPlan(plan: PodPlan, { idleMinutes }: CreatePodOptions): void {
  const { deadlineMinutes, gpuCandidates, gpuCount } = plan;
  if (!(Number.isFinite(deadlineMinutes) && deadlineMinutes > 0)) {
    throw new InputError(
      `The plan's deadlineMinutes is ${deadlineMinutes}: the pod would end at once or never.`,
      {
        remedy: "Give a number of minutes above 0.",
      },
    );
  }
  if (gpuCandidates.length === 0 || !(Number.isInteger(gpuCount) && gpuCount > 0)) {
    throw new InputError("The plan names no GPU.", {
      remedy: "Name at least one, and a gpuCount of at least 1.",
    });
  }
  if (idleMinutes !== undefined && !(Number.isFinite(idleMinutes) && idleMinutes > 0)) {
    throw new InputError(`idleMinutes is ${idleMinutes}.`, { remedy: "Give a number of minutes above 0." });
  }
}

function refusals(candidates: readonly PricedCandidate[]): FailedCandidate[] {
  return candidates.flatMap(({ gpuTypeId, refusal }) =>
    refusal === null ? [] : [{ gpuTypeId, reason: refusal }],
  );
}
