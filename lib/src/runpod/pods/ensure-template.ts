import { isDeepStrictEqual } from "node:util";
import { RunPodError } from "../client/runpod-error.ts";
import type { CreatePodBody, CreateTemplateBody, RunPodTemplate } from "../client/schemas.ts";
import type { RunPodContext } from "../rental/context.ts";

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
    if (!(error instanceof RunPodError) || error.status === 422 || error.problem === "interrupted")
      throw error;
    if (error.problem === "key-refused") throw error;
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
