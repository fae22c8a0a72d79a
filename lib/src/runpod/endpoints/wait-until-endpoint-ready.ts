import type { Endpoint } from "../../endpoint/index.ts";
import { InputError, WorkbookError } from "../../errors.ts";
import { interruptible } from "../../kernel/index.ts";
import type { Progress } from "../../show/index.ts";
import type { RunPodContext } from "../rental/context.ts";
import { requireTimeout } from "../rental/require-timeout.ts";
import { findEndpoint } from "./delete-endpoint.ts";
import { readEndpointMarks } from "./endpoint-name.ts";
import { EndpointNotReadyError, endpointGone } from "./endpoint-not-ready-error.ts";
import {
  describeEndpoint,
  type EndpointOrId,
  endpointIdOf,
  type ServerlessEndpoint,
} from "./serverless-endpoint.ts";
import { tryFirstWorkerChat } from "./try-first-worker-chat.ts";
import { type Knock, knock } from "./wake-workers.ts";
import { type WorkerWatch, watchWorkers } from "./watch-workers.ts";

const defaultTimeoutMinutes = 30;

interface Wait {
  endpoint: ServerlessEndpoint;
  knock: Knock;
  workers: WorkerWatch;
  progress: Progress;
  startedAtMs: number;
  /** The time-out or the endpoint's deadline, whichever comes first, in milliseconds since 1970. */
  endsAtMs: number;
  signal: AbortSignal;
}

/**
 * Wakes an endpoint, waits until a worker serves its model, and opens it.
 *
 * The cold start is paid for like work. Ready is an endpoint that lists its model and has answered a chat of one token.
 * It gives up early where a worker's log says why it never will, vLLM refuses the chat, or the endpoint is gone.
 *
 * @throws SettingsError without RUNPOD_ENDPOINT_KEY; EndpointNotReadyError that says why, what to do, and how to delete it.
 */
export async function waitUntilEndpointReady(
  context: RunPodContext,
  endpoint: EndpointOrId,
  options: { timeoutMinutes?: number; signal?: AbortSignal | undefined } = {},
): Promise<Endpoint> {
  const { timeoutMinutes = defaultTimeoutMinutes } = options;
  requireTimeout(timeoutMinutes);
  const id = endpointIdOf(endpoint);
  return interruptible(
    async (signal) => {
      try {
        const described = await findOwn(context, id, signal);
        return await wait(context, { endpoint: described, timeoutMinutes, signal });
      } catch (cause) {
        throw explain(context, { id, cause, isInterrupted: signal.aborted });
      }
    },
    { signal: options.signal },
  );
}

async function findOwn(context: RunPodContext, id: string, signal: AbortSignal): Promise<ServerlessEndpoint> {
  const found = await findEndpoint(context, id, signal);
  if (found === null) throw endpointGone(id);
  const marks = readEndpointMarks(found);
  if (marks?.workbookId !== context.workbookId) {
    throw new InputError(`The endpoint ${id} (${found.name}) was not made by this workbook.`, {
      remedy: "Wait for it where it was made; listEndpoints() says which are this workbook's.",
    });
  }
  return describeEndpoint(context, found, context.journal.read().endpoints.get(marks.stem));
}

async function wait(
  context: RunPodContext,
  options: { endpoint: ServerlessEndpoint; timeoutMinutes: number; signal: AbortSignal },
): Promise<Endpoint> {
  const { endpoint, timeoutMinutes, signal } = options;
  const { id, stem } = endpoint;
  context.journal.append({ kind: "waiting", stem, waiter: context.self });
  const startedAtMs = context.now().getTime();
  const wait: Wait = {
    ...{ endpoint, startedAtMs, signal },
    workers: watchWorkers(context, endpoint),
    knock: knock(context, endpoint),
    progress: context.startProgress(`Seconds waited for the endpoint ${id}`),
    endsAtMs: Math.min(startedAtMs + timeoutMinutes * 60_000, Date.parse(endpoint.deadlineAt)),
  };
  let closing = `The endpoint ${id} is not ready.`;
  try {
    for (;;) {
      const opened = await look(context, wait);
      if (opened !== null) {
        context.journal.append({ kind: "ready", stem });
        closing = `The endpoint ${id} is ready after ${secondsOf(context, wait)} s: ${opened.baseUrl}`;
        return opened;
      }
      await context.sleep(context.pollMs, signal);
    }
  } finally {
    wait.knock.stop();
    wait.workers.stop();
    wait.progress.done(closing);
  }
}

/** Looks once at everything that tells how far the endpoint is; opens it when it is ready. */
async function look(context: RunPodContext, wait: Wait): Promise<Endpoint | null> {
  const { endpoint, signal } = wait;
  if (signal.aborted) throw new Error("interrupted");
  const { status } = wait.knock;
  if (status === 401 || status === 403) {
    throw new EndpointNotReadyError(
      `The endpoint ${endpoint.id} refuses RUNPOD_ENDPOINT_KEY (HTTP ${status}).`,
      {
        problem: "key-refused",
        endpoint,
        remedy: "Make one with access to this endpoint at https://console.runpod.io/user/settings.",
      },
    );
  }
  const opened = status === 200 ? await tryFirstWorkerChat(context, wait) : null;
  if (opened !== null) return opened;
  const phase = await wait.workers.look(signal);
  const hopeless = wait.workers.diagnose();
  if (hopeless !== null) throw hopeless;
  const seconds = secondsOf(context, wait);
  wait.progress.update(seconds, phase);
  if (context.now().getTime() < wait.endsAtMs) return null;
  throw new EndpointNotReadyError(
    `The endpoint ${endpoint.id} was not ready within ${seconds} s; at last: ${phase}.`,
    {
      problem: phase.startsWith("throttled") ? "throttled" : "too-slow",
      endpoint,
      remedy: phase.startsWith("throttled")
        ? "Plan with a second pool to fall back on, or try again later."
        : "Wait again with waitUntilReady(), or try another pool.",
    },
  );
}

/** Whatever ends a wait, it must be said that the endpoint can go on costing money. */
function explain(
  context: RunPodContext,
  options: { id: string; cause: unknown; isInterrupted: boolean },
): unknown {
  const { id, cause, isInterrupted } = options;
  const records = [...context.journal.read().endpoints.values()];
  const maxUsdPerHour = records.find(({ endpointId }) => endpointId === id)?.maxUsdPerHour ?? null;
  const endpoint = { id, maxUsdPerHour };
  if (isInterrupted) {
    return new EndpointNotReadyError(`Waiting for the endpoint ${id} was interrupted.`, {
      problem: "interrupted",
      endpoint,
      remedy: "Wait again with waitUntilReady().",
      cause,
    });
  }
  const isComplete = cause instanceof EndpointNotReadyError || cause instanceof InputError;
  if (isComplete || !(cause instanceof WorkbookError)) return cause;
  return new EndpointNotReadyError(`Waiting for the endpoint ${id} broke off. ${cause.problemText}`, {
    problem: "no-answer",
    endpoint,
    remedy: cause.remedy,
    cause,
  });
}

function secondsOf(context: RunPodContext, { startedAtMs }: Wait): number {
  return Math.round((context.now().getTime() - startedAtMs) / 1_000);
}
