import { APIError } from "openai";
import { type Endpoint, EndpointError } from "../../endpoint/index.ts";
import { InputError, WorkbookError } from "../../errors.ts";
import { interruptible } from "../../kernel/index.ts";
import { requireNumber } from "../../require-number.ts";
import { cutText } from "../../words/index.ts";
import type { ColdStart } from "../journal/journal-entries.ts";
import { checkClock } from "./clock-check.ts";
import type { RunPodContext } from "./context.ts";
import { findRental } from "./find-rental.ts";
import { NotReadyError } from "./rental-errors.ts";
import { gone, type KnownRental, notReady, type RentalKind, type Rented, requireOwn } from "./rental-kind.ts";

/** What one look at a rental that starts has found: that it is ready, or how far it is. */
type LookOutcome =
  | { endpoint: Endpoint }
  | {
      /** In a few words. */
      phase: string;
      /** The last line of its log. */
      lastLine?: string | undefined;
      /** No machine is free for it. */
      isThrottled?: boolean;
    };

/** Looks at a rental that starts, again and again. */
export interface StartWatch {
  /** Throws a NotReadyError where waiting longer would not help. */
  look(): Promise<LookOutcome>;
  /** How long its start took, by what was seen of it until now, when it is ready. */
  measureStart(): ColdStart;
  /** Done once, when it is ready. */
  whenReady?(): Promise<void>;
  stop(): void;
}

/** What a wait knows of the rental from its begin. */
export interface StartingRental<Found extends Rented> {
  found: Found;
  record: KnownRental | undefined;
  stem: string;
  signal: AbortSignal;
}

interface WaitOptions<Found extends Rented> {
  id: string;
  watchStart(starting: StartingRental<Found>): StartWatch;
  timeoutMinutes?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Waits until a pod or an endpoint of this workbook serves its model, and opens it.
 *
 * @throws InputError for one of another workbook; the kind's NotReadyError that says why, what to do, what it still
 *   costs, and how to end it.
 */
export async function waitForRental<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  options: WaitOptions<Found>,
): Promise<Endpoint> {
  const { id, timeoutMinutes = 30 } = options;
  requireNumber("waitUntilReady", { timeoutMinutes }, { above: 0, endless: true });
  return interruptible(
    async (signal) => {
      try {
        return await wait(context, kind, { ...options, timeoutMinutes, signal });
      } catch (cause) {
        throw explain(context, kind, { id, cause, isInterrupted: signal.aborted });
      }
    },
    { signal: options.signal },
  );
}

async function wait<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  options: WaitOptions<Found> & { timeoutMinutes: number; signal: AbortSignal },
): Promise<Endpoint> {
  const { id, timeoutMinutes, signal } = options;
  const { noun, rented, list } = kind.words;
  const found = await findRental(context, kind, id, { signal });
  if (found === null) throw gone(context, kind, id);
  const remedy = `Wait for it where it was ${rented}; ${list}() says which ${noun}s are this workbook's.`;
  const { stem, deadlineAt } = requireOwn(context, kind, { found, remedy });
  const record = kind.recordsOf(context.journal.read()).find((one) => one.stem === stem);
  context.journal.append({ kind: "waiting", stem, waiter: context.self });
  const watch = options.watchStart({ found, record, stem, signal });
  const startedAtMs = context.now().getTime();
  const secondsWaited = () => Math.round((context.now().getTime() - startedAtMs) / 1_000);
  const progress = context.startProgress(`Seconds waited for the ${noun} ${id}`);
  let closing = `The ${noun} ${id} is not ready.`;
  try {
    for (let looks = 1; ; looks++) {
      const outcome = await watch.look();
      if ("endpoint" in outcome) {
        const { endpoint } = outcome;
        // Whoever comes when it is ready has seen no start.
        const isSeen = looks > 1 && record?.isReady !== true;
        const coldStart = isSeen ? { coldStart: watch.measureStart() } : {};
        context.journal.append({ kind: "ready", stem, ...coldStart });
        await watch.whenReady?.();
        closing = `The ${noun} ${id} is ready after ${secondsWaited()} s: ${endpoint.baseUrl}`;
        return endpoint;
      }
      const { phase, lastLine } = outcome;
      const said = lastLine === undefined ? "" : `; its log: ${cutText(lastLine, 100)}`;
      progress.update(secondsWaited(), `${phase}${said}`);
      if (signal.aborted) throw new Error("interrupted");
      const isPast = deadlineAt <= checkClock(context).now;
      if (isPast || context.now().getTime() - startedAtMs >= timeoutMinutes * 60_000) {
        throw tooSlow(context, kind, { found, outcome, seconds: secondsWaited() });
      }
      await context.sleep(context.pollMs, signal);
    }
  } finally {
    watch.stop();
    progress.done(closing);
  }
}

function tooSlow<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  options: { found: Found; outcome: Exclude<LookOutcome, { endpoint: Endpoint }>; seconds: number },
): NotReadyError {
  const { found, outcome, seconds } = options;
  const { noun } = kind.words;
  const message = `The ${noun} ${found.id} was not ready within ${seconds} s; its last state: ${outcome.phase}.`;
  if (outcome.isThrottled === true) {
    const remedy = "Plan with a second pool, or try again later.";
    return notReady(context, kind, message, { found, problem: "throttled", remedy });
  }
  const elsewhere = noun === "pod" ? "look at readPodLog(pod), or try another host" : "try another pool";
  const remedy = `Wait again with waitUntilReady(), ${elsewhere}.`;
  return notReady(context, kind, message, { found, problem: "too-slow", remedy });
}

/** Whatever ends a wait, it must be said that the rental goes on costing money. */
function explain<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  options: { id: string; cause: unknown; isInterrupted: boolean },
): unknown {
  const { id, cause, isInterrupted } = options;
  const { noun } = kind.words;
  if (isInterrupted) {
    const remedy = "Wait again with waitUntilReady().";
    const message = `Waiting for the ${noun} ${id} was interrupted.`;
    return notReady(context, kind, message, { id, problem: "interrupted", remedy, cause });
  }
  const isComplete = cause instanceof NotReadyError || cause instanceof InputError;
  if (isComplete || !(cause instanceof WorkbookError)) return cause;
  const message = `Waiting for the ${noun} ${id} failed. ${cause.problemText}`;
  return notReady(context, kind, message, { id, problem: "no-answer", remedy: cause.remedy, cause });
}

/**
 * Opens a server that is up, if it lists the planned model with its adapters and answers a chat of one token; else says
 * what is missing.
 *
 * @throws NotReadyError where waiting longer would not help.
 */
export async function tryFirstChat<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  options: {
    found: Found;
    record: KnownRental | undefined;
    connect(): Promise<Endpoint>;
    /** Tells vLLM's own refusal from that of something before it; default: every refusal is vLLM's. */
    isOwnRefusal?(error: APIError): boolean;
    signal: AbortSignal;
  },
): Promise<{ endpoint: Endpoint } | { missing: "its list of models" | "its first answer" }> {
  const { found, record, signal } = options;
  const { noun, create } = kind.words;
  let endpoint: Endpoint;
  try {
    endpoint = await options.connect();
  } catch (cause) {
    if (!(cause instanceof EndpointError)) throw cause;
    const { problem, problemText } = cause;
    if (problem === "model-missing" || problem === "model-ambiguous") {
      const remedy = `The image serves another model than the plan's: plan with a newer image, then create another ${noun}.`;
      throw notReady(context, kind, problemText, { found, problem: "wrong-model", remedy, cause });
    }
    if (problem === "unauthorized") {
      const remedy = `It accepts another key than the workbook has: end it, and create another with ${create}().`;
      throw notReady(context, kind, problemText, { found, problem: "key-refused", remedy, cause });
    }
    return { missing: "its list of models" };
  }
  const missing = (record?.adapters ?? []).filter((name) => !endpoint.adapters.includes(name));
  if (missing.length > 0) {
    const those = missing.length === 1 ? `the adapter ${missing[0]}` : `the adapters ${missing.join(", ")}`;
    const message = `The ${noun} ${found.id} serves ${endpoint.model} without ${those}.`;
    const remedy = `Look at its log for "lora", then plan with an image that takes --lora-modules, and create another ${noun}.`;
    throw notReady(context, kind, message, { found, problem: "adapter-missing", remedy });
  }
  try {
    await endpoint.client.chat.completions.create(
      { model: endpoint.model, messages: [{ role: "user", content: "Hello" }], max_tokens: 1 },
      { signal, timeout: 90_000 },
    );
    return { endpoint };
  } catch (cause) {
    if (!isRefusal(cause) || options.isOwnRefusal?.(cause) === false) return { missing: "its first answer" };
    const message = `The ${noun} ${found.id} is up, but refused a first chat of one token (HTTP ${cause.status}).`;
    const remedy = "Look at its log; serve a model with a chat template.";
    throw notReady(context, kind, message, { found, problem: "no-answer", remedy, cause });
  }
}

/** A refusal that stays: 404 and 429 pass while a server starts. */
function isRefusal(error: unknown): error is APIError {
  if (!(error instanceof APIError) || typeof error.status !== "number") return false;
  const isPassing = error.status === 404 || error.status === 408 || error.status === 429;
  return error.status >= 400 && error.status < 500 && !isPassing;
}
