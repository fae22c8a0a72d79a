import { randomBytes } from "node:crypto";
import { InputError } from "../../errors.ts";
import { interruptible } from "../../kernel/index.ts";
import { requireNumber } from "../../require-number.ts";
import { showWaiting } from "../../show/index.ts";
import { findKeyProblem, sayIfSimulated } from "../../words/index.ts";
import { RunPodError } from "../client/runpod-error.ts";
import type { CreatePodBody, RunPodPod } from "../client/schemas.ts";
import type { NewJournalEntry } from "../journal/journal-entries.ts";
import { findBudgetProblem } from "../rental/budget.ts";
import { fingerprintOfKey, type RunPodContext, readCeiling } from "../rental/context.ts";
import { ensureSecret } from "../rental/ensure-secret.ts";
import { type AccountOptions, openRunPod, sayOpenRealPods } from "../rental/open-runpod.ts";
import { type PlaceOrder, rentOnRecord } from "../rental/rent-on-record.ts";
import type { FailedCandidate } from "../rental/rental-errors.ts";
import { drawStem } from "../rental/rental-kind.ts";
import { type Pod, podKind, toPod } from "./pod.ts";
import {
  type BodyParts,
  ensureTemplate,
  makePodBody,
  type PricedCandidate,
  priceCandidates,
} from "./pod-body.ts";
import { allFailed, CreatePodError, withMissingMoney } from "./pod-errors.ts";
import type { PodPlan } from "./pod-plan.ts";

/** What `createPod` takes beside the plan. */
export interface CreatePodOptions extends AccountOptions {
  /** The most that the pod may cost in dollars per hour; default `WORKBOOK_MAX_USD_PER_HOUR`. */
  maxUsdPerHour?: number | undefined;
  /** The name of a Runpod secret with the Hugging Face token; default: the workbook's own, made from `HF_TOKEN`. */
  huggingFaceSecret?: string | undefined;
  /** The key that the pod's vLLM asks for; default: one drawn for this pod. Pods behind a router share one. */
  apiKey?: string | undefined;
  /** Ends the pod after so many minutes without work; default: only its deadline does. */
  idleMinutes?: number | undefined;
}

/**
 * Rents the planned pod, on the first GPU type that is to be had below the ceiling.
 *
 * The intent is on disk before the call that costs money, and the pod carries its deadline with it. Interrupted, it
 * ends what it has rented.
 *
 * @throws InputError for a key that no pod could use, SettingsError without a ceiling, BudgetError, JournalError where nothing can be put on record, CreatePodError with each
 * GPU type and its reason where none could be had, RunPodError where no GPU type would help.
 */
export async function createPod(plan: PodPlan, options: CreatePodOptions = {}): Promise<Pod> {
  const { idleMinutes } = options;
  checkPlan(plan, idleMinutes);
  checkKey(options.apiKey);
  const context = await openRunPod(options);
  if (options.context === undefined && context.target === "runpod") sayOpenRealPods(context);
  const ceiling = readCeiling(context, options.maxUsdPerHour, "createPod");
  const create = async (signal: AbortSignal) => {
    const candidates = await priceCandidates(context, { plan, ceiling, signal });
    if (candidates.every(({ refusal }) => refusal !== null)) throw allFailed(refusalsOf(candidates));
    const huggingFaceSecret = plan.needsHuggingFaceToken
      ? (options.huggingFaceSecret ?? (await ensureSecret(context, { signal })))
      : null;
    const parts: BodyParts = {
      stem: drawStem(context.workbookId, "pod"),
      deadlineAt: new Date(context.now().getTime() + plan.deadlineMinutes * 60_000),
      vllmKey: options.apiKey ?? `sk-${randomBytes(24).toString("base64url")}`,
      huggingFaceSecret,
      withStartScript: true,
    };
    if (idleMinutes !== undefined) {
      context.say(`The pod ends after ${idleMinutes} minutes without work, even before its deadline.`);
    }
    return rent(context, { plan, idleMinutes: idleMinutes ?? null, ceiling, candidates, parts, signal });
  };
  return showWaiting("Renting the pod", () => interruptible(create, { signal: options.signal }));
}

interface PodOrder {
  plan: PodPlan;
  idleMinutes: number | null;
  /** Dollars per hour. */
  ceiling: number;
  candidates: readonly PricedCandidate[];
  parts: BodyParts;
  signal: AbortSignal;
}

async function rent(context: RunPodContext, order: PodOrder): Promise<Pod> {
  const { plan, idleMinutes, ceiling, candidates, parts, signal } = order;
  const open = candidates.filter(({ refusal }) => refusal === null);
  const dearest = Math.max(...open.map(({ usdPerHour }) => usdPerHour ?? ceiling));
  const templateId = await makeTemplate(context, order);
  return rentOnRecord(context, podKind, {
    intent: {
      kind: "intent",
      stem: parts.stem,
      deadlineAt: parts.deadlineAt.toISOString(),
      model: plan.model,
      adapters: plan.adapters.map(({ name }) => name),
      gpuCount: plan.gpuCount,
      maxUsdPerHour: dearest,
      creator: context.self,
      idleMinutes,
      keyFingerprint: fingerprintOfKey(context),
    },
    idleMinutes,
    withoutWatchdog:
      "No watchdog process could be started on this machine: only the timer inside the pod ends it by itself.",
    choose: (place) => chooseGpu(context, { order, templateId, place }),
    judge: (pod) =>
      judgePrice(context, pod, ceiling) ?? (pod.cost > dearest ? judgeBudget(context, pod) : null),
    describe: (pod) => toPod(context, pod),
    signal,
  });
}

/** Orders a pod on one GPU type after the other, until one is to be had. */
async function chooseGpu(
  context: RunPodContext,
  options: { order: PodOrder; templateId: string | null; place: PlaceOrder<RunPodPod> },
): Promise<{ found: RunPodPod; created: NewJournalEntry }> {
  const { order, templateId, place } = options;
  const { candidates, parts } = order;
  const failed = refusalsOf(candidates);
  let cause: unknown;
  for (const { gpuTypeId, usdPerHour, refusal } of candidates) {
    if (refusal !== null) continue;
    const outcome = await orderOnGpu(context, { order, gpuTypeId, templateId, failed, place });
    if ("found" in outcome) {
      const { found } = outcome;
      const { stem, withStartScript: hasStartScript } = parts;
      const { id: podId, cost } = found;
      const maxUsdPerHour = Math.max(cost, usdPerHour ?? 0);
      const created = { podId, gpuTypeId, usdPerHour: cost, maxUsdPerHour, hasStartScript };
      return { found, created: { kind: "created", stem, ...created } };
    }
    cause = outcome.refusal;
    const reason = reasonToGoOn(outcome.refusal);
    if (reason === null) throw await withMissingMoney(context, { error: outcome.refusal, usdPerHour });
    failed.push({ gpuTypeId, reason });
  }
  throw allFailed(failed, cause);
}

/** Orders a pod on one GPU type; once more without what this API turns out not to take. */
async function orderOnGpu(
  context: RunPodContext,
  options: {
    order: PodOrder;
    gpuTypeId: string;
    templateId: string | null;
    failed: readonly FailedCandidate[];
    place: PlaceOrder<RunPodPod>;
  },
): ReturnType<PlaceOrder<RunPodPod>> {
  const { order, gpuTypeId, templateId, failed, place } = options;
  const { plan, parts, signal } = order;
  const body: CreatePodBody = makePodBody(context, plan, parts);
  body.gpu = { ...body.gpu, id: gpuTypeId, count: plan.gpuCount };
  if (templateId !== null) body.templateId = templateId;
  const outcome = await place(() => context.client.createPod(body, { signal }), failed);
  if ("found" in outcome) return outcome;
  const { status, detail } = outcome.refusal;
  if (status === 422 && parts.withStartScript && namesStartScript(detail)) {
    dropStartScript(context, parts);
    return orderOnGpu(context, options);
  }
  // The template is not there any more.
  if (status === 404 && templateId !== null) return orderOnGpu(context, { ...options, templateId: null });
  return outcome;
}

/** Why this GPU type is not to be had, where another one may be; `null` where every other would fail in the same way. */
function reasonToGoOn({ status, detail, problem }: RunPodError): string | null {
  if (problem === "no-capacity") return "no instances available";
  if (problem === "access-denied") return "the account may not use it (HTTP 403)";
  return status === 400 && problem === "invalid-request" ? detail || "HTTP 400" : null;
}

function judgePrice({ target }: RunPodContext, pod: RunPodPod, ceiling: number): CreatePodError | null {
  if (pod.cost <= ceiling) return null;
  const price = Number.isNaN(pod.cost)
    ? "an amount that Runpod's answer does not say"
    : `$${pod.cost.toFixed(3)} per hour${sayIfSimulated(target === "rehearsal")}, which is above the ceiling of $${ceiling.toFixed(2)}`;
  return new CreatePodError(`The pod that was rented costs ${price}, so it was not kept.`, {
    attempts: [{ gpuTypeId: pod.gpu?.id ?? "", reason: `the pod cost ${price}`, isAboveCeiling: true }],
    remedy: "Raise the ceiling, or plan with a cheaper GPU.",
  });
}

/** The budget was compared with the price of the catalogue. */
function judgeBudget(context: RunPodContext, pod: RunPodPod): CreatePodError | null {
  const problem = findBudgetProblem(context, `the pod ${pod.id}`);
  if (problem === null) return null;
  return new CreatePodError(`${problem.problemText} So the pod was not kept.`, { remedy: problem.remedy });
}

async function makeTemplate(context: RunPodContext, order: PodOrder): Promise<string | null> {
  const { plan, parts, signal } = order;
  try {
    return await ensureTemplate(context, { pod: makePodBody(context, plan, parts), signal });
  } catch (error) {
    const isOldContract = error instanceof RunPodError && namesStartScript(error.detail);
    if (!isOldContract || !parts.withStartScript) throw error;
    dropStartScript(context, parts);
    return ensureTemplate(context, { pod: makePodBody(context, plan, parts), signal });
  }
}

/** Older contracts of the API do not know the two fields of the start script, and say so. */
function namesStartScript(detail: string): boolean {
  return /\b(entrypoint|cmd)\b/.test(detail);
}

function dropStartScript(context: RunPodContext, parts: BodyParts): void {
  parts.withStartScript = false;
  context.say(
    "Runpod's API refused the start script, so two things are missing. The pod will not end itself at its deadline: " +
      "only this machine's watchdog and the next sweep end it. And some routes of vLLM ask for no key: whoever knows " +
      "the pod's address can run the model through /invocations without a key.",
  );
}

function checkPlan(plan: PodPlan, idleMinutes: number | undefined): void {
  const { deadlineMinutes, gpuCandidates, gpuCount } = plan;
  requireNumber("createPod", { "plan.deadlineMinutes": deadlineMinutes }, { above: 0 });
  if (gpuCandidates.length === 0 || !(Number.isInteger(gpuCount) && gpuCount > 0)) {
    throw new InputError("The plan names no GPU.", {
      remedy: "Name at least one, and a gpuCount of at least 1.",
    });
  }
  requireNumber("createPod", { idleMinutes }, { above: 0, optional: true });
}

/** With a key that no header can carry the pod would serve nobody, and cost money all the same. */
function checkKey(apiKey: string | undefined): void {
  const problem = apiKey === undefined ? null : findKeyProblem(apiKey);
  if (problem === null) return;
  throw new InputError(`createPod was given an apiKey that ${problem}, so no pod was rented.`, {
    remedy: "Leave it out, and one is drawn; or give letters, digits and signs without blanks.",
  });
}

function refusalsOf(candidates: readonly PricedCandidate[]): FailedCandidate[] {
  return candidates.flatMap(({ refusal }) => refusal ?? []);
}
