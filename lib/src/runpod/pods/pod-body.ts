import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { computePodCost } from "../../serving/index.ts";
import { sayIfSimulated } from "../../words/index.ts";
import { RunPodError } from "../client/runpod-error.ts";
import type { CreatePodBody, CreateTemplateBody, RunPodGpuType, RunPodTemplate } from "../client/schemas.ts";
import type { RunPodContext } from "../rental/context.ts";
import type { FailedCandidate } from "../rental/rental-errors.ts";
import { labelVariables, nameWithDeadline } from "../rental/rental-kind.ts";
import { podLabelForm } from "./pod.ts";
import { type PodPlan, secretPlaceholder } from "./pod-plan.ts";

const publicApiUrl = "https://api.runpod.io/v2";

/** What a pod's body is made of beside its plan. */
export interface BodyParts {
  stem: string;
  deadlineAt: Date;
  /** Secret; drawn for this pod and thrown away with it. */
  vllmKey: string;
  /** `null`: the model is open. */
  huggingFaceSecret: string | null;
  /** Older contracts know neither entrypoint nor cmd: then the plain arguments go. */
  withStartScript: boolean;
}

/** Makes the body that rents a pod: the plan's own, with its name, its keys and its start command filled in. */
export function makePodBody(
  context: Pick<RunPodContext, "workbookId" | "connection">,
  plan: PodPlan,
  parts: BodyParts,
): CreatePodBody {
  const { stem, deadlineAt, vllmKey, huggingFaceSecret, withStartScript } = parts;
  const { args, ...planned } = plan.payload;
  const { apiUrl } = context.connection;
  return {
    ...planned,
    name: nameWithDeadline(stem, deadlineAt),
    image: plan.image,
    disk: plan.containerDiskGb,
    env: {
      ...plan.environment,
      ...labelVariables({ workbookId: context.workbookId, stem, deadlineAt }, podLabelForm),
      // As a variable: older vLLMs print their arguments into the log.
      VLLM_API_KEY: vllmKey,
      ...(huggingFaceSecret === null ? {} : { HF_TOKEN: secretPlaceholder(huggingFaceSecret) }),
      // The timer inside the pod uses the same API, if it is a public one.
      ...(apiUrl === publicApiUrl || !apiUrl.startsWith("https:") ? {} : { WORKBOOK_API_URL: apiUrl }),
    },
    ...(withStartScript ? guardedCommand(plan.vllmArguments) : { args: args ?? "" }),
  };
}

/**
 * The command of a pod with the start script, which closes the routes that vLLM leaves open and ends the pod at its deadline.
 *
 * Not yet tried on a live account; on vLLM 0.33.0 itself it is.
 */
export function guardedCommand(vllmArguments: readonly string[]): { entrypoint: string[]; cmd: string[] } {
  const [start, guard, timer] = ["start_pod", "key_guard", "deadline_timer"].map(readScript);
  return { entrypoint: ["python3", "-Ic", start ?? "", guard ?? "", timer ?? ""], cmd: [...vllmArguments] };
}

function readScript(name: string): string {
  // The same way from lib/src/runpod/pods and from lib/dist/runpod/pods.
  return readFileSync(new URL(`../../../pod/${name}.py`, import.meta.url), "utf8");
}

/** The name of the template in which a workbook keeps its last plan; it shows in Runpod's console. */
export function templateNameOf(workbookId: string): string {
  return `workbook-${workbookId}`;
}

/**
 * Sees to it that the account has a template like the planned pod, and returns its id.
 *
 * Pods copy a template and keep no link to it: it is a preset for the console, so that it cannot be written never
 * stops a pod. Then it is `null`.
 *
 * @throws RunPodError with status 422 where the API does not know a field of it.
 */
export async function ensureTemplate(
  context: RunPodContext,
  options: { pod: CreatePodBody; signal?: AbortSignal | undefined },
): Promise<string | null> {
  const { pod, signal } = options;
  const wanted = toTemplate(templateNameOf(context.workbookId), pod);
  try {
    const templates = await context.client.listTemplates({ signal });
    const existing = templates.find((template) => template.name === wanted.name);
    if (existing === undefined) return (await context.client.createTemplate(wanted, { signal })).id;
    if (isLike(existing, wanted)) return existing.id;
    const { category: _category, public: _public, serverless: _serverless, ...changes } = wanted;
    return (await context.client.updateTemplate(existing.id, changes, { signal })).id;
  } catch (error) {
    if (!(error instanceof RunPodError) || error.status === 422) throw error;
    if (error.problem === "interrupted" || error.problem === "key-refused") throw error;
    return null;
  }
}

function toTemplate(name: string, pod: CreatePodBody): CreateTemplateBody {
  const { image, disk, ports, env, args, entrypoint, cmd } = pod;
  return {
    name,
    image,
    disk,
    ports,
    // Leave out per-pod values and the pod's key: a template is shared.
    env: Object.fromEntries(
      Object.entries(env).filter(([variable]) => !/^WORKBOOK_|^VLLM_API_KEY$/.test(variable)),
    ),
    ...(args === undefined ? {} : { args }),
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ...(cmd === undefined ? {} : { cmd }),
    category: "NVIDIA",
    public: false,
    serverless: false,
    startSsh: pod.startSsh,
    startJupyter: pod.startJupyter,
  };
}

function isLike(existing: RunPodTemplate, wanted: CreateTemplateBody): boolean {
  const pick = (one: RunPodTemplate | CreateTemplateBody) => ({
    image: one.image,
    disk: one.disk,
    ports: one.ports ?? [],
    env: one.env ?? {},
    args: one.args ?? "",
    entrypoint: one.entrypoint ?? [],
    cmd: one.cmd ?? [],
  });
  return isDeepStrictEqual(pick(existing), pick(wanted));
}

/** A GPU type that may be tried, with what the pod would cost now; or why it is not tried. */
export interface PricedCandidate {
  gpuTypeId: string;
  /** All GPUs and the storage, by the live catalogue; `null` where it has no price. */
  usdPerHour: number | null;
  /** Why it is not tried; `null`: it may be tried. */
  refusal: FailedCandidate | null;
}

/** Compares each candidate of a plan with the live catalogue and the ceiling; their order stays. */
export async function priceCandidates(
  context: RunPodContext,
  options: { plan: PodPlan; ceiling: number; signal: AbortSignal | undefined },
): Promise<PricedCandidate[]> {
  const { plan, ceiling, signal } = options;
  const { gpuCount, cloud } = plan;
  const mark = sayIfSimulated(context.target === "rehearsal");
  const gpuTypes = await context.client.listGpuTypes({ gpuCount, cloud, signal });
  return plan.gpuCandidates.map(({ gpuTypeId }) => {
    const gpuType = gpuTypes.find((one) => one.id === gpuTypeId);
    const usdPerHour = gpuType === undefined ? null : priceOf(gpuType, plan);
    const reason = findObstacle(gpuType, { usdPerHour, plan });
    if (reason !== null) return { gpuTypeId, usdPerHour, refusal: { gpuTypeId, reason } };
    if (usdPerHour === null || usdPerHour <= ceiling) return { gpuTypeId, usdPerHour, refusal: null };
    const price = `it costs $${usdPerHour.toFixed(3)} per hour now${mark}, which is above the ceiling of $${ceiling.toFixed(2)}`;
    return { gpuTypeId, usdPerHour, refusal: { gpuTypeId, reason: price, isAboveCeiling: true } };
  });
}

function priceOf(gpuType: RunPodGpuType, plan: PodPlan): number | null {
  const { secure, community } = gpuType.price;
  const usdPerGpuHour = (plan.cloud === "SECURE" ? secure : community) ?? 0;
  // A price of 0 in the catalogue means that this cloud does not have it.
  return usdPerGpuHour > 0 ? computePodCost({ ...plan, usdPerGpuHour }).usdPerHour : null;
}

function findObstacle(
  gpuType: RunPodGpuType | undefined,
  { usdPerHour, plan }: { usdPerHour: number | null; plan: PodPlan },
): string | null {
  if (gpuType === undefined) return "Runpod's catalogue does not have it";
  if (usdPerHour === null) return `the ${plan.cloud.toLowerCase()} cloud does not offer it`;
  const most = plan.cloud === "SECURE" ? gpuType.maxCount?.secure : gpuType.maxCount?.community;
  if (most === undefined || plan.gpuCount <= most) return null;
  return `a pod can have at most ${most} of them, not ${plan.gpuCount}`;
}
