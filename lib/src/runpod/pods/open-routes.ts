import { proxyAddress, type RunPodContext } from "../rental/context.ts";

/** A way into a pod that asks for no key. */
export interface OpenDoor {
  /** For example `POST /invocations`. */
  call: string;
  /** What it answered without a key. */
  status: number;
}

/** Whoever may call these may use the model, or learn what it is. */
const doors = [
  { method: "GET", path: "/v1/models" },
  { method: "POST", path: "/invocations" },
  { method: "POST", path: "/tokenize" },
] as const;

/** A door that was refused, or is not there, is closed; so is one behind which nothing answers. */
const closedStatuses = [401, 403, 404, 405, 502, 503, 504, 524];

/** Calls a pod's routes without its key, and returns those that let the call in. */
export async function findOpenDoors(
  context: RunPodContext,
  podId: string,
  signal?: AbortSignal,
): Promise<OpenDoor[]> {
  const open: OpenDoor[] = [];
  for (const { method, path } of doors) {
    const status = await knock(context, {
      method,
      address: `${proxyAddress(context, podId)}${path}`,
      signal,
    });
    if (status !== null && !closedStatuses.includes(status)) open.push({ call: `${method} ${path}`, status });
  }
  return open;
}

/** What a person should know about doors that stand open; empty where none does. */
export function describeOpenDoors(podId: string, open: readonly OpenDoor[]): string {
  if (open.length === 0) return "";
  const calls = open.map(({ call }) => call).join(", ");
  const isAll = open.some(({ call }) => call.endsWith("/v1/models"));
  return (
    `WARNING: the pod ${podId} answers without a key at ${calls}. ` +
    (isAll
      ? "Its key is not enforced at all: anybody who knows the address can use the model at your expense."
      : "Anybody who knows the address can use the model there at your expense.") +
    " Share the address with nobody, and end the pod when you are done."
  );
}

async function knock(
  context: RunPodContext,
  options: { method: string; address: string; signal: AbortSignal | undefined },
): Promise<number | null> {
  const { method, address, signal } = options;
  const timeout = AbortSignal.timeout(15_000);
  try {
    const response = await context.fetch(address, {
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
