import type { Endpoint } from "../../endpoint/index.ts";
import { InputError } from "../../errors.ts";
import type { Trace } from "../../traffic/index.ts";
import { inWords } from "../../words/index.ts";
import { countRequests } from "../measurement.ts";
import { inDuration } from "../time-budget.ts";
import type { ReplayPlan } from "./replay-plan.ts";
import { type SharedHead, shareHeads } from "./share-heads.ts";
import type { ScheduledRequest, TraceRun } from "./trace-run.ts";

/** The part of a log that fits into a budget: its requests from one moment on, in their order. */
export interface LogPart extends Omit<TraceRun["part"], "words"> {
  schedule: readonly ScheduledRequest[];
  heads: readonly SharedHead[];
}

/** Tokens of the requests that find out how prompts must be written, at most. */
const mostProbeTokens = 600;

// What arrives in the last tenth of the time would be cut off.
const arrivalShare = 0.9;

/** The most that a request can use: prompts come out a little longer than asked, and none is shorter than its template. */
export function mostTokensOf({ inputTokens, outputTokens }: ScheduledRequest): number {
  return Math.ceil(Math.max(inputTokens, 64) * 1.05) + 16 + outputTokens;
}

/**
 * Chooses the part of a log that is sent: from `fromSeconds` on, as much as fits into the tokens and the time.
 *
 * It is one piece and not a sample, since waits depend on what came just before, and so does what a cache holds.
 *
 * @throws InputError where nothing is left to send.
 */
export function choosePart(
  trace: Trace,
  plan: Pick<ReplayPlan, "speed" | "fromSeconds" | "maxTokens" | "maxMinutes">,
  endpoint: Pick<Endpoint, "model" | "maxModelTokens">,
): LogPart {
  const { speed, fromSeconds, maxTokens, maxMinutes } = plan;
  const limit = endpoint.maxModelTokens ?? Infinity;
  const mostMs = maxMinutes * 60_000 * arrivalShare;
  const schedule: ScheduledRequest[] = [];
  let limitedBy: LogPart["limitedBy"] = "log";
  let overContext = 0;
  let firstSecond: number | null = null;
  let tokensLeft = maxTokens - mostProbeTokens;
  for (const [index, second] of trace.arrivalSeconds.entries()) {
    if (second < fromSeconds) continue;
    const inputTokens = Math.max(1, Math.round(trace.inputTokens[index] ?? 0));
    // An answer of none cannot be asked for.
    const outputTokens = Math.max(1, Math.round(trace.outputTokens[index] ?? 0));
    if (inputTokens + outputTokens > limit) {
      overContext++;
      continue;
    }
    firstSecond ??= second;
    const dueMs = ((second - firstSecond) / speed) * 1_000;
    const cachedInputTokens = Math.min(inputTokens, Math.round(trace.cachedInputTokens?.[index] ?? 0));
    const one = { request: index + 1, dueMs, inputTokens, outputTokens, cachedInputTokens };
    tokensLeft -= mostTokensOf(one);
    if (tokensLeft < 0) limitedBy = "tokens";
    else if (dueMs > mostMs) limitedBy = "minutes";
    if (limitedBy !== "log") break;
    schedule.push(one);
  }
  const [first] = schedule;
  if (first === undefined) throw refuseNothing(trace, plan, { ...endpoint, overContext, limitedBy });
  const heads = shareHeads(schedule);
  return {
    schedule: schedule.map((one, index) => ({ ...one, cachedInputTokens: heads[index]?.tokens ?? 0 })),
    heads,
    overContext,
    limitedBy,
  };
}

function refuseNothing(
  { name, arrivalSeconds }: Trace,
  { fromSeconds, maxTokens }: Pick<ReplayPlan, "fromSeconds" | "maxTokens">,
  found: Pick<Endpoint, "model" | "maxModelTokens"> & Pick<LogPart, "overContext" | "limitedBy">,
): InputError {
  const { model, maxModelTokens, overContext, limitedBy } = found;
  if (limitedBy === "tokens") {
    return new InputError(
      `replayTraceOn: not one request of ${name} fits into a budget of ${inWords(maxTokens)} tokens, of which ${mostProbeTokens} are set aside to find out how prompts must be written.`,
      {
        remedy: "Allow more with maxTokens, or make the requests shorter with scaleTrace.",
        field: "maxTokens",
      },
    );
  }
  if (overContext > 0) {
    return new InputError(
      `replayTraceOn: ${overContext === 1 ? `the only request of ${name} exceeds` : `all ${inWords(overContext)} requests of ${name} exceed`} the context of ${model}, which holds ${inWords(maxModelTokens ?? 0)} tokens.`,
      {
        remedy: "Serve the model with a longer context, or make the requests shorter with scaleTrace.",
        field: "trace",
      },
    );
  }
  return new InputError(
    `replayTraceOn: no request of ${name} comes at or after fromSeconds, ${fromSeconds} s; its last is at ${arrivalSeconds.at(-1)} s.`,
    { remedy: "Give an earlier fromSeconds.", field: "fromSeconds" },
  );
}

/** Says what of a log is sent where and in what time, before anything is. */
export function describePart(
  { schedule, overContext, limitedBy }: LogPart,
  context: { trace: Trace; plan: ReplayPlan; host: string; model: string; maxModelTokens: number | null },
): string {
  const { trace, plan, host, model, maxModelTokens } = context;
  const total = trace.arrivalSeconds.length;
  const tokens = (pick: (one: ScheduledRequest) => number) =>
    inWords(schedule.reduce((sum, one) => sum + pick(one), 0));
  const minutes = (schedule.at(-1)?.dueMs ?? 0) / 60_000;
  const time = inDuration(Number(minutes.toFixed(minutes < 2 ? 3 : 1)));
  const rest = {
    log: "",
    tokens: ` More would exceed the budget of ${inWords(plan.maxTokens)} tokens.`,
    minutes: ` More would not fit into ${inDuration(plan.maxMinutes)}.`,
  }[limitedBy];
  return (
    `Sending ${inWords(schedule.length)} of ${inWords(total)} ${total === 1 ? "request" : "requests"} of ${trace.name} to ${model} on ${host}: ` +
    `${tokens(({ inputTokens }) => inputTokens)} tokens in and ${tokens(({ outputTokens }) => outputTokens)} out, ` +
    `arriving over ${time}, at ${plan.speed === 1 ? "" : `${inWords(plan.speed)} times `}the speed of the log.${rest}` +
    (overContext === 0
      ? ""
      : ` Left out: ${countRequests(overContext)} beyond the context of ${inWords(maxModelTokens ?? 0)} tokens.`)
  );
}
