import { readFileSync } from "node:fs";
import type { CreatePodBody } from "../client/schemas.ts";
import type { RunPodContext } from "../rental/context.ts";
import { labelVariables, nameWithDeadline } from "../rental/rental-labels.ts";
import { podLabelForm } from "./pod-kind.ts";
import type { PodPlan } from "./pod-plan.ts";
import { secretPlaceholder } from "./secret-name.ts";

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
 * Not yet tried on a live account; on vLLM 0.32.0 itself it is.
 */
export function guardedCommand(vllmArguments: readonly string[]): { entrypoint: string[]; cmd: string[] } {
  const [start, guard, timer] = ["start_pod", "key_guard", "deadline_timer"].map(readScript);
  return { entrypoint: ["python3", "-c", start ?? "", guard ?? "", timer ?? ""], cmd: [...vllmArguments] };
}

function readScript(name: string): string {
  // The same way from lib/src/runpod/pods and from lib/dist/runpod/pods.
  return readFileSync(new URL(`../../../pod/${name}.py`, import.meta.url), "utf8");
}
