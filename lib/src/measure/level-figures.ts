import { createNumberList, summarize } from "../statistics.ts";
import { addKnown, countOutcomes, summarizeFlights, sumTokens } from "./describe-flights.ts";
import type { MeasurePlan } from "./measure-plan.ts";
import type { LevelResult } from "./measurement.ts";
import type { LevelRun } from "./run-level.ts";
import type { LoadResult } from "./run-load.ts";
import { judgeClient } from "./watch-client.ts";

const mostErrorShare = 0.1;

/** Works out a level's figures and its verdict from what happened. */
export function judgeLevel(
  level: LevelRun,
  plan: Pick<MeasurePlan, "arrivals" | "outputTokens" | "request"> & { mode: "capacity" | "natural" },
): LevelResult {
  const { streams, runs, client, server } = level;
  const flights = runs.flatMap((run) => run.flights);
  const isClosed = plan.arrivals === "closed";
  const requests = countOutcomes(flights);
  const times = summarizeFlights(flights, { isClosed });
  const gaps = createNumberList();
  for (const { figures } of runs) for (const gap of figures.gapsMs.values()) gaps.push(gap);
  const interChunkMs = summarize(gaps.values());
  const windowSeconds = runs.map(secondsOfWindow);
  const seconds = windowSeconds.reduce((sum, value) => sum + value, 0);
  const rates = {
    input: rate(
      runs.map(({ figures }) => figures.inputTokensInWindow),
      seconds,
    ),
    output: rate(
      runs.map(({ figures }) => figures.outputTokensInWindow),
      seconds,
    ),
  };
  const clientProblem = judgeClient(client, {
    timePerOutputTokenMs: times.timePerOutputTokenMs.p50,
    interChunkMs: interChunkMs.p50,
  });
  const failure = describeFailure(requests);
  const [first] = runs;
  const notes = [...level.notes];
  if (seconds === 0 && requests.completed > 0) {
    notes.push(
      isClosed
        ? "All streams were never in flight at once, so there is no steady window: see the whole run."
        : "No request was complete before the last one came, so there is no steady window: see the whole run.",
    );
  } else if (rates.output === null && requests.completed > 0) {
    notes.push("Some answers came without token counts, so tokens per second are not known.");
  }
  notes.push(...noteAnswers(level, plan));
  return {
    streams,
    verdict: failure !== null ? "failed" : clientProblem !== null ? "client-bound" : "valid",
    reason: failure ?? (clientProblem === null ? "" : `The client is the limit: ${clientProblem}.`),
    notes,
    requests,
    inputTokensPerSecond: rates.input,
    outputTokensPerSecond: rates.output,
    wholeRun: describeWholeRun(runs),
    steadyWindow: {
      startMs: first?.figures.window == null ? 0 : first.figures.window.startAt - first.startedAt,
      endMs: first?.figures.window == null ? 0 : first.figures.window.endAt - first.startedAt,
      seconds,
    },
    ...times,
    interChunkMs,
    achievedStreams:
      seconds === 0
        ? 0
        : runs.reduce(
            (sum, run, index) => sum + run.figures.achievedStreams * (windowSeconds[index] ?? 0),
            0,
          ) / seconds,
    maxStreams: Math.max(0, ...runs.map(({ figures }) => figures.maxStreams)),
    client,
    server,
    clientTokens: sumTokens(flights),
    repeats: runs.map((run, index) => ({
      inputTokensPerSecond: rate([run.figures.inputTokensInWindow], windowSeconds[index] ?? 0),
      outputTokensPerSecond: rate([run.figures.outputTokensInWindow], windowSeconds[index] ?? 0),
    })),
  };
}

function secondsOfWindow({ figures: { window } }: LoadResult): number {
  return window === null ? 0 : (window.endAt - window.startAt) / 1_000;
}

function rate(tokens: readonly (number | null)[], seconds: number): number | null {
  const sum = tokens.reduce<number | null>(addKnown, 0);
  return sum === null || seconds <= 0 ? null : sum / seconds;
}

function describeWholeRun(runs: readonly LoadResult[]): LevelResult["wholeRun"] {
  const completed = runs.flatMap(({ flights }) => flights.filter(({ outcome }) => outcome === "completed"));
  const seconds = runs.reduce((sum, { flights }) => {
    const firstSentAt = flights[0]?.sentAt ?? 0;
    const lastEndedAt = flights.reduce((latest, { endedAt }) => Math.max(latest, endedAt), firstSentAt);
    return sum + (lastEndedAt - firstSentAt) / 1_000;
  }, 0);
  return {
    seconds,
    inputTokensPerSecond: rate(
      completed.map(({ inputTokens }) => inputTokens),
      seconds,
    ),
    outputTokensPerSecond: rate(
      completed.map(({ outputTokens }) => outputTokens),
      seconds,
    ),
    requestsPerSecond: seconds === 0 ? 0 : completed.length / seconds,
  };
}

function describeFailure({ completed, failed, errors }: LevelResult["requests"]): string | null {
  const [most] = Object.entries(errors).sort(([, one], [, other]) => other - one);
  const words = most === undefined ? "" : ` Most often: ${most[0].replace(/[.\s]*$/, "")}.`;
  if (completed === 0) return `Not one request was completed, ${failed} failed.${words}`;
  if (failed / (completed + failed) <= mostErrorShare) return null;
  return `${failed} of ${completed + failed} requests failed.${words}`;
}

function noteAnswers(level: LevelRun, plan: Parameters<typeof judgeLevel>[1]): string[] {
  const completed = level.runs.flatMap(({ flights }) =>
    flights.filter(({ outcome }) => outcome === "completed"),
  );
  const notes: string[] = [];
  const short = completed.filter(
    ({ outputTokens }) => outputTokens !== null && outputTokens < plan.outputTokens,
  );
  if (plan.mode === "capacity" && short.length > 0) {
    notes.push(
      `${short.length} of ${completed.length} answers ended before ${plan.outputTokens} tokens, although they were to be of fixed length.`,
    );
  }
  const late = completed.filter(({ tokensAtFirstText }) => tokensAtFirstText > 1);
  if (late.length > 0) {
    const why =
      plan.request["stop"] === undefined ? "chunks hold several tokens" : "a stop string holds text back";
    notes.push(
      `The first text of ${late.length} of ${completed.length} answers came with more than one token (${why}): their time to first token reads late.`,
    );
  }
  if (
    completed.some(
      ({ hasRunningUsage, outputTokens, chunks }) => !hasRunningUsage && outputTokens !== null && chunks > 1,
    )
  ) {
    notes.push(
      "Chunks carry no running counts: each answer's tokens are spread evenly over its chunks, and its first chunk taken for one token.",
    );
  }
  return notes;
}
