import type { Endpoint } from "../../endpoint/index.ts";
import { WorkbookError } from "../../errors.ts";
import type { RunPodPod } from "../client/schemas.ts";
import type { RunPodContext } from "../rental/context.ts";
import { endRental } from "../rental/end-rental.ts";
import { judgeAgain, judgeAll } from "../rental/judge-all.ts";
import { type AccountOptions, openRunPod, rearmWatchdogs } from "../rental/open-runpod.ts";
import { describeRentalCost } from "../rental/rental-kind.ts";
import { connectPod, podKind } from "./pod.ts";

/**
 * Opens the endpoint of this workbook's ready pod, the youngest where there are several.
 *
 * On the way it ends this workbook's pods that are past their deadline, and nothing else.
 *
 * @throws WorkbookError where no pod is ready, which says what to call; EndpointError where it does not answer.
 */
export async function openPodEndpoint(
  options: { model?: string | undefined } & AccountOptions = {},
): Promise<Endpoint> {
  const { signal } = options;
  const context = await openRunPod(options);
  rearmWatchdogs(context);
  const journal = context.journal.read();
  const judged = await judgeAll(context, podKind, { journal, signal });
  const own = judged.filter(({ judgement }) => judgement.owner === "this workbook");
  for (const first of own) {
    if (first.judgement.state !== "past") continue;
    const records = podKind.recordsOf(journal);
    const { found, judgement } = await judgeAgain(context, podKind, { judged: first, records, signal });
    if (judgement.state === "past") await endRental(context, podKind, found, { signal });
  }
  const live = own.filter(({ judgement }) => judgement.verdict === "keep");
  const ready = live.filter(({ judgement }) => judgement.state !== "starting");
  const [youngest] = ready.sort((one, other) => other.found.createdAt.localeCompare(one.found.createdAt));
  if (youngest === undefined) throw noneReady(context, live[0]?.found);
  const pod = await context.client.getPod(youngest.found.id, { signal });
  return connectPod(context, { pod, model: options.model ?? youngest.record?.model ?? null });
}

function noneReady(context: RunPodContext, pod: RunPodPod | undefined): WorkbookError {
  if (pod === undefined) {
    return new WorkbookError("No pod of this workbook is ready.", {
      remedy: "Create one in the notebook 01-deploy: createPod(plan), then waitUntilReady(pod).",
    });
  }
  const cost = describeRentalCost(context, podKind, { id: pod.id, found: pod });
  return new WorkbookError(`The pod ${pod.id} is not ready yet.`, {
    remedy: `Wait for it with waitUntilReady("${pod.id}"). ${cost}`,
  });
}
