import { selectWarnings } from "../serving/index.ts";
import { type Statistics, sum, summarize } from "../statistics.ts";
import { type ConversationsPlan, describeConversations } from "./describe-conversations.ts";
import type { Flight } from "./flight.ts";
import { summarizeGaps } from "./gap-spread.ts";
import { countGoodput } from "./goodput.ts";
import { judgeAnswers } from "./judge-answers.ts";
import type { MeasurePlan } from "./measure-plan.ts";
import { countRequests, type Level, type ServerCounters } from "./measurement.ts";
import { beganAt, timePerOutputToken } from "./request-times.ts";
import type { Load } from "./run-load.ts";
import { judgeClient } from "./watch-client.ts";

const mostErrorKinds = 20;

/** What of a plan the figures depend on; `mode` is the one that the server let be used. */
export type FiguresPlan = Pick<
  MeasurePlan,
  "arrivals" | "outputTokens" | "request" | "mode" | "repeats" | "latencyTarget"
> &
  ConversationsPlan;

/** What was measured at one number of streams: its loads, and what was seen beside them. */
export interface MeasuredLevel {
  streams: number;
  loads: readonly Load[];
  client: Level["client"];
  server: ServerCounters | null;
  notes: readonly string[];
}

/** Computes a level's figures and its verdict from its loads, one for each repeat. */
export function computeLevel(measured: MeasuredLevel, plan: FiguresPlan): Level {
  const { streams, loads, client, server } = measured;
  const flights = loads.flatMap((load) => load.flights);
  const completed = flights.filter(({ outcome }) => outcome === "completed");
  const requests = countOutcomes(flights);
  const figures = summarizeRequests(completed, plan);
  const interChunkMs = summarizeGaps(loads.map(({ gaps }) => gaps));
  const seconds = sum(loads.map(secondsOfWindow));
  const wholeRun = computeWholeRun(loads, completed);
  const { inputTokensPerSecond, outputTokensPerSecond } = computeRates(loads);
  const conversations = describeConversations(loads, server, plan);
  const answers = judgeAnswers({ requests, outputTokensPerSecond, ...figures });
  const clientProblem = judgeClient(client, {
    timePerOutputTokenMs: figures.timePerOutputTokenMs.p50,
    interChunkMs: interChunkMs.p50,
  });
  return {
    streams,
    ...(!answers.areEvidence
      ? { verdict: "failed", reason: answers.words }
      : clientProblem !== null
        ? { verdict: "client-bound", reason: `The client is the limit: ${clientProblem}.` }
        : { verdict: "valid", reason: "" }),
    notes: [
      ...measured.notes,
      ...(answers.areEvidence && answers.words !== "" ? [answers.words] : []),
      ...conversations.notes,
      ...noteLevel({ streams, loads, flights, completed }, { seconds, outputTokensPerSecond }, plan),
    ],
    requests,
    inputTokensPerSecond,
    outputTokensPerSecond,
    wholeRun,
    steadyWindow: { ...windowOfFirst(loads), seconds },
    ...figures,
    interChunkMs,
    achievedStreams:
      seconds === 0 ? 0 : sum(loads.map((load) => load.achievedStreams * secondsOfWindow(load))) / seconds,
    maxStreams: Math.max(0, ...loads.map((load) => load.maxStreams)),
    client,
    server,
    clientTokens: sumTokens(flights),
    conversations: conversations.figures,
    goodput: countGoodput(flights, plan, wholeRun.seconds),
    repeats: loads.map((load) => computeRepeat(load, plan)),
  };
}

function countOutcomes(flights: readonly Flight[]): Level["requests"] {
  const none = { completed: 0, failed: 0, cancelled: 0 };
  const requests: Level["requests"] = { ...none, errors: {}, finishReasons: {} };
  const increase = (counts: Record<string, number>, name: string) => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  for (const { outcome, error, finishReason } of flights) {
    requests[outcome === "running" ? "cancelled" : outcome]++;
    if (outcome === "completed") increase(requests.finishReasons, finishReason ?? "none given");
    if (outcome !== "failed") continue;
    const isKnown = (error ?? "") in requests.errors;
    const isFull = Object.keys(requests.errors).length >= mostErrorKinds;
    increase(requests.errors, isKnown || !isFull ? (error ?? "unknown") : "others");
  }
  return requests;
}

/** The times and sizes of completed requests; those of others would spoil them. */
function summarizeRequests(completed: readonly Flight[], { arrivals }: FiguresPlan) {
  const summarizeKnown = (pick: (flight: Flight) => number | null): Statistics =>
    summarize(completed.flatMap((flight) => pick(flight) ?? []));
  return {
    timeToFirstTokenMs: summarizeKnown((flight) =>
      flight.firstTokenAt === null ? null : flight.firstTokenAt - beganAt(flight, arrivals),
    ),
    timePerOutputTokenMs: summarizeKnown(timePerOutputToken),
    requestMs: summarizeKnown((flight) => flight.endedAt - beganAt(flight, arrivals)),
    inputTokensPerRequest: summarizeKnown(({ inputTokens }) => inputTokens),
    outputTokensPerRequest: summarizeKnown(({ outputTokens }) => outputTokens),
  };
}

/** All tokens that arrived, of whatever outcome; `null` where an answer with text came without counts. */
function sumTokens(flights: readonly Flight[]): Level["clientTokens"] {
  const answered = flights.filter(({ chunks, outputTokens }) => chunks > 0 || outputTokens !== null);
  return {
    input: sumKnown(answered.map(({ inputTokens }) => inputTokens)),
    output: sumKnown(answered.map(({ outputTokens }) => outputTokens)),
  };
}

function computeWholeRun(loads: readonly Load[], completed: readonly Flight[]): Level["wholeRun"] {
  const seconds = sum(
    loads.map(({ flights }) => {
      const firstSentAt = flights[0]?.sentAt ?? 0;
      const lastEndedAt = flights.reduce((latest, { endedAt }) => Math.max(latest, endedAt), firstSentAt);
      return (lastEndedAt - firstSentAt) / 1_000;
    }),
  );
  const rateOf = (pick: (flight: Flight) => number | null) => rate(completed.map(pick), seconds);
  return {
    seconds,
    inputTokensPerSecond: rateOf(({ inputTokens }) => inputTokens),
    outputTokensPerSecond: rateOf(({ outputTokens }) => outputTokens),
    requestsPerSecond: seconds === 0 ? 0 : completed.length / seconds,
  };
}

function windowOfFirst([first]: readonly Load[]): { startMs: number; endMs: number } {
  if (first === undefined || first.window === null) return { startMs: 0, endMs: 0 };
  const { startAt, endAt } = first.window;
  return { startMs: startAt - first.startedAt, endMs: endAt - first.startedAt };
}

/** Over the steady windows of all the loads together. */
function computeRates(loads: readonly Load[]) {
  const seconds = sum(loads.map(secondsOfWindow));
  const rateOf = (pick: (load: Load) => number | null) => rate(loads.map(pick), seconds);
  return {
    inputTokensPerSecond: rateOf(({ inputTokensInWindow }) => inputTokensInWindow),
    outputTokensPerSecond: rateOf(({ outputTokensInWindow }) => outputTokensInWindow),
  };
}

function computeRepeat(load: Load, plan: FiguresPlan): Level["repeats"][number] {
  const completed = load.flights.filter(({ outcome }) => outcome === "completed");
  const { timeToFirstTokenMs: first, timePerOutputTokenMs: perToken } = summarizeRequests(completed, plan);
  const times = { firstTokenP50Ms: first.p50, firstTokenP95Ms: first.p95, perTokenP50Ms: perToken.p50 };
  return { ...computeRates([load]), ...times };
}

function secondsOfWindow({ window }: Load): number {
  return window === null ? 0 : (window.endAt - window.startAt) / 1_000;
}

function rate(tokens: readonly (number | null)[], seconds: number): number | null {
  const known = sumKnown(tokens);
  return known === null || seconds <= 0 ? null : known / seconds;
}

/** Returns null if any value is null. */
function sumKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === values.length ? sum(known) : null;
}

function noteLevel(
  measured: {
    streams: number;
    loads: readonly Load[];
    flights: readonly Flight[];
    completed: readonly Flight[];
  },
  rates: { seconds: number; outputTokensPerSecond: number | null },
  plan: FiguresPlan,
): string[] {
  const { streams, loads, flights, completed } = measured;
  const { seconds, outputTokensPerSecond } = rates;
  const sent = flights.length;
  const brokenOff = flights.filter(({ outcome }) => outcome === "cancelled").length;
  const heldBack = sum(loads.map((load) => load.heldBack));
  const uncounted = sum(loads.map((load) => load.uncountedAnswers));
  const short = completed.filter(({ outputTokens }) => (outputTokens ?? Infinity) < plan.outputTokens).length;
  const whole = completed.filter(({ isStreamed }) => !isStreamed).length;
  const late = completed.filter(({ tokensAtFirstText }) => tokensAtFirstText > 1).length;
  const isSpread = ({ hasRunningUsage, outputTokens, chunks }: Flight) =>
    !hasRunningUsage && outputTokens !== null && chunks > 1;
  const isAny = completed.length > 0;
  const neverSteady =
    plan.arrivals === "closed"
      ? "All streams were never in flight at once"
      : "No request was complete before the last one came";
  const why =
    plan.request["stop"] === undefined ? "chunks hold several tokens" : "a stop string holds text back";
  return selectWarnings([
    [
      loads.some(({ end }) => end === "time"),
      `The time allowed no more than ${countRequests(sent)}, so the figures are less certain.`,
    ],
    [
      brokenOff > 0,
      `The time was up before ${brokenOff} of ${countRequests(sent)} had a complete answer; the rates of the whole run leave them out.`,
    ],
    [loads.length < plan.repeats, `${loads.length} of ${plan.repeats} repeats were measured.`],
    [
      heldBack > 0,
      `${heldBack} requests found ${streams} in flight and waited until one ended; the figures count that wait as the server's.`,
    ],
    [
      uncounted > 0,
      `${uncounted} answers were broken off before their token counts came: their chunks count like those of the others.`,
    ],
    [isAny && seconds === 0, `${neverSteady}, so there is no steady window: see the whole run.`],
    [
      isAny && seconds > 0 && outputTokensPerSecond === null,
      "Answers came without token counts, so tokens per second are not known.",
    ],
    [
      plan.mode === "capacity" && short > 0,
      `${short} of ${completed.length} answers ended before ${plan.outputTokens} tokens, although a fixed length was asked for.`,
    ],
    [
      whole > 0,
      `${whole} of ${completed.length} answers came at once and not as a stream: their time to first token is that of the whole answer.`,
    ],
    [
      late > 0,
      `The first text of ${late} of ${completed.length} answers came with more than one token (${why}): their time to first token is measured too late.`,
    ],
    [
      completed.some(isSpread),
      "Chunks carry no running counts: each answer's tokens are spread evenly over its chunks, and its first chunk counts as one token.",
    ],
  ]);
}
