import { proxyAddress, type RunPodContext } from "../rental/context.ts";

/** What a pod's address answers: a status, or `null` where nothing answered. */
export interface HealthAnswer {
  status: number | null;
  /** For people: the status and what it usually means. */
  meaning: string;
}

/** Asks a pod's `/health`, which needs no key and answers 200 when vLLM is up. */
export async function probeHealth(
  context: RunPodContext,
  podId: string,
  signal?: AbortSignal,
): Promise<HealthAnswer> {
  const timeout = AbortSignal.timeout(10_000);
  try {
    const response = await context.fetch(`${proxyAddress(context, podId)}/health`, {
      redirect: "manual",
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    await response.body?.cancel();
    return { status: response.status, meaning: meaningOf(response.status) };
  } catch {
    return { status: null, meaning: "the proxy does not answer" };
  }
}

function meaningOf(status: number): string {
  switch (status) {
    case 200:
      return "vLLM is up";
    case 404:
      return "the proxy does not know the pod yet";
    case 502:
      return "nothing listens in the pod yet";
    case 524:
      return "the pod took longer than the proxy waits";
    default:
      return `the proxy answers HTTP ${status}`;
  }
}
