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
  const call = { method: "GET", path: "/health", timeoutMs: 10_000, signal };
  const status = await callWithoutKey(context, podId, call);
  if (status === null) return { status, meaning: "the proxy does not answer" };
  return { status, meaning: meanings[status] ?? `the proxy answers HTTP ${status}` };
}

const meanings: Readonly<Record<number, string>> = {
  200: "vLLM is up",
  404: "the proxy does not know the pod yet",
  502: "nothing listens in the pod yet",
  524: "the pod took longer than the proxy waits",
};

/** Whoever may call these may use the model, or learn what it is. */
const routes = [
  { method: "GET", path: "/v1/models" },
  { method: "POST", path: "/invocations" },
  { method: "POST", path: "/tokenize" },
  // vLLM's page of metrics answers to every method, and a check of keys often leaves this one out.
  { method: "OPTIONS", path: "/metrics" },
] as const;

/** A route that refuses, or does not exist, is closed; so is one behind which nothing answers. */
const closedStatuses = [401, 403, 404, 405, 502, 503, 504, 524];

/** Calls a pod's routes without its key, and returns those that let the call in, each as `POST /invocations`. */
export async function findOpenRoutes(
  context: RunPodContext,
  podId: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const open: string[] = [];
  for (const { method, path } of routes) {
    const status = await callWithoutKey(context, podId, { method, path, timeoutMs: 15_000, signal });
    if (status !== null && !closedStatuses.includes(status)) open.push(`${method} ${path}`);
  }
  return open;
}

/** What a person should know about routes that answer without a key; empty where none does. */
export function describeOpenRoutes(podId: string, open: readonly string[]): string {
  if (open.length === 0) return "";
  const isAll = open.some((call) => call.endsWith("/v1/models"));
  const isModel = open.some((call) => call.startsWith("POST"));
  return (
    `WARNING: the pod ${podId} answers without a key at ${open.join(", ")}. ` +
    (isAll
      ? "Its key is not enforced at all: anybody who knows the address can use the model at your expense."
      : isModel
        ? "Anybody who knows the address can use the model there at your expense."
        : "Anybody who knows the address can read there what it serves and how much.") +
    " Share the address with nobody, and end the pod when you are done."
  );
}

/** Calls a route of a pod without its key; `null` where nothing answered. */
async function callWithoutKey(
  context: RunPodContext,
  podId: string,
  options: { method: string; path: string; timeoutMs: number; signal: AbortSignal | undefined },
): Promise<number | null> {
  const { method, path, timeoutMs, signal } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await context.fetch(`${proxyAddress(context, podId)}${path}`, {
      method,
      // An empty object is refused by the route itself, if the call gets that far: no token is generated.
      ...(method === "POST" ? { body: "{}", headers: { "content-type": "application/json" } } : {}),
      redirect: "manual",
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return null;
  }
}
