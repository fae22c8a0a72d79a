import { RunPodError } from "../client/runpod-error.ts";
import type { CreatePodBody, RunPodPod } from "../client/schemas.ts";
import type { RunPodContext } from "../rental/context.ts";
import { parsePodName } from "./pod-name.ts";

/** What came of one attempt to rent a pod. */
export type RentOutcome =
  | { kind: "rented"; pod: RunPodPod }
  /** Nothing was rented; another GPU type may do. */
  | { kind: "refused"; reason: string; error: RunPodError }
  /** The API does not know a field of the start script. */
  | { kind: "old contract"; error: RunPodError }
  /** The template is not there any more. */
  | { kind: "no template"; error: RunPodError }
  /** Nothing was rented, and every other GPU type would fail in the same way. */
  | { kind: "hopeless"; error: RunPodError }
  /** Whether something was rented is not known, and nothing of the name is to be seen. */
  | { kind: "unclear"; error: RunPodError };

const lookDelaysMs = [0, 1_000, 3_000, 6_000];

/** Asks for a pod once; where the answer leaves open whether there is one, looks it up by its name before anything else. */
export async function rentPod(
  context: RunPodContext,
  options: { body: CreatePodBody; signal?: AbortSignal | undefined },
): Promise<RentOutcome> {
  const { body, signal } = options;
  try {
    return { kind: "rented", pod: await context.client.createPod(body, { signal }) };
  } catch (error) {
    if (!(error instanceof RunPodError)) throw error;
    if (!error.mayHaveHappened) return judgeRefusal(error, body);
    // Not with the caller's signal: an interrupted create must still find out what it has rented.
    const pod = await lookUp(context, body.name);
    return pod === null ? { kind: "unclear", error } : { kind: "rented", pod };
  }
}

function judgeRefusal(error: RunPodError, body: CreatePodBody): RentOutcome {
  const { status, detail, problem } = error;
  if (status === 422 && body.entrypoint !== undefined && /\b(entrypoint|cmd)\b/.test(detail)) {
    return { kind: "old contract", error };
  }
  if (status === 404 && body.templateId !== undefined) return { kind: "no template", error };
  if (problem === "no-capacity") return { kind: "refused", reason: "no instances available", error };
  if (problem === "access-denied") {
    return { kind: "refused", reason: "the account may not use it (HTTP 403)", error };
  }
  const isOneOfMany = status === 400 && problem === "invalid-request";
  return isOneOfMany ? { kind: "refused", reason: detail || "HTTP 400", error } : { kind: "hopeless", error };
}

async function lookUp(context: RunPodContext, name: string): Promise<RunPodPod | null> {
  const stem = parsePodName(name)?.stem;
  for (const delayMs of lookDelaysMs) {
    if (delayMs > 0) await context.sleep(delayMs);
    // A list that fails is no answer: the next look may have one.
    const pods = await context.client.listPods().catch(() => []);
    const found = pods.find((pod) => pod.status !== "TERMINATED" && parsePodName(pod.name)?.stem === stem);
    if (found !== undefined) return found;
  }
  return null;
}
