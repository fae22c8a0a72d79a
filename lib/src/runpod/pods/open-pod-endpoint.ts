import type { Endpoint } from "../../endpoint/index.ts";
import { WorkbookError } from "../../errors.ts";
import type { RunPodContext } from "../rental/context.ts";
import { rearmWatchdogs } from "../rental/rearm-watchdogs.ts";
import { connectPod } from "./connect-pod.ts";
import { judgePods } from "./list-pods.ts";
import { stillCosts } from "./pod.ts";
import { endPod } from "./terminate-pod.ts";

/**
 * Opens the endpoint of this workbook's ready pod, the youngest where there are several.
 *
 * On the way it ends this workbook's pods that are past their deadline, and nothing else.
 *
 * @throws WorkbookError where no pod is ready, which says what to call; EndpointError where it does not answer.
 */
export async function openPodEndpoint(
  context: RunPodContext,
  options: { model?: string | undefined; signal?: AbortSignal | undefined } = {},
): Promise<Endpoint> {
  const { signal } = options;
  rearmWatchdogs(context);
  const journal = context.journal.read();
  const judged = await judgePods(context, journal, signal);
  const own = judged.filter(({ judgement }) => judgement.owner === "this workbook");
  for (const { pod, judgement } of own) {
    const isPast = (judgement.deadlineAt?.getTime() ?? Infinity) <= context.now().getTime();
    if (isPast) await endPod(context, pod, { signal });
  }
  const live = own.filter(({ judgement }) => judgement.verdict === "keep");
  const ready = live.filter(({ judgement }) => judgement.reason !== "being started");
  const [youngest] = ready.sort((one, other) => other.pod.createdAt.localeCompare(one.pod.createdAt));
  if (youngest === undefined) throw noneReady(live.map(({ pod }) => pod));
  const { stem } = youngest.judgement;
  const record = stem === null ? undefined : journal.pods.get(stem);
  const pod = await context.client.getPod(youngest.pod.id, { signal });
  return connectPod(context, { pod, model: options.model ?? record?.model ?? null });
}

function noneReady(starting: readonly { id: string; cost: number }[]): WorkbookError {
  const [pod] = starting;
  if (pod === undefined) {
    return new WorkbookError("No pod of this workbook is ready.", {
      remedy: "Create one in the notebook 01-deploy: createPod(plan), then waitUntilReady(pod).",
    });
  }
  return new WorkbookError(`The pod ${pod.id} is not ready yet.`, {
    remedy: `Wait for it with waitUntilReady("${pod.id}"). ${stillCosts({ id: pod.id, usdPerHour: pod.cost })}`,
  });
}
