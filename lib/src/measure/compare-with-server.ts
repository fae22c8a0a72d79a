import { countRequests, countStreams, type Level, type ServerCounters } from "./measurement.ts";
import { serverHitShareOf } from "./prefix-cache.ts";

/** One figure as this client and as the server itself saw it; `null` where one of them does not know it. */
type ServerComparison = {
  figure: string;
  unit: "tokens" | "ms" | "%" | "requests";
  client: number | null;
  server: number | null;
  /** Server ÷ client; for tokens 1 is right, for times what is missing to 1 is network and HTTP. */
  ratio: number | null;
};

/** A level's figures beside the server's, and what does not fit together. */
export interface ServerCrossCheck {
  streams: number;
  rows: ServerComparison[];
  /** Whole sentences; empty where both agree. */
  warnings: string[];
}

type ComparedLevel = Pick<
  Level,
  "streams" | "verdict" | "reason" | "server" | "clientTokens" | "requests" | "conversations"
> &
  Pick<Level, "timeToFirstTokenMs" | "timePerOutputTokenMs" | "requestMs">;

// The histograms of the server are too coarse for percentiles, so its times are means.
const [leastRatio, mostRatio] = [0.98, 1.02];

/** Puts a level's figures beside vLLM's own counters: tokens, which must agree, and mean times; `null` without counters. */
export function compareWithServer(level: ComparedLevel): ServerCrossCheck | null {
  const { server, clientTokens: tokens } = level;
  if (server === null) return null;
  const firstTokenMs = level.timeToFirstTokenMs.mean;
  const perTokenMs = meanMs(server.timePerOutputToken) ?? meanMs(server.interTokenTime);
  const expected = level.conversations?.expectedHitShare ?? null;
  // What conversations repeat by construction; other prompts repeat nothing.
  const expectedPercent = expected === null ? null : expected * 100;
  const counted = [
    compare("prompt tokens", "tokens", tokens.input, server.promptTokens),
    compare("output tokens", "tokens", tokens.output, server.generationTokens),
  ];
  const rows = [
    ...counted,
    compare("time to first token, mean", "ms", firstTokenMs, meanMs(server.timeToFirstToken)),
    compare("of it in the queue", "ms", null, meanMs(server.queueTime)),
    compare("of it reading the prompt", "ms", null, meanMs(server.prefillTime)),
    compare("writing the answer", "ms", null, meanMs(server.decodeTime)),
    compare("time per output token, mean", "ms", level.timePerOutputTokenMs.mean, perTokenMs),
    compare("whole request, mean", "ms", level.requestMs.mean, meanMs(server.requestTime)),
    compare("prompt tokens from the prefix cache", "%", expectedPercent, hitPercent(server)),
    // A preempted request is read again, from the cache: without this figure the one above misleads.
    compare("requests pushed out of the KV cache", "requests", null, server.preemptions),
  ];
  const warnings = [
    ...warnOfFailure(level),
    ...counted.flatMap((row) => warnOf(row, level)),
    // Of conversations the level's notes say it.
    ...(level.conversations === null ? warnOfCache(server) : []),
  ];
  return { streams: level.streams, rows, warnings };
}

/** The mean of one of vLLM's histograms, in milliseconds; `null` where nothing was counted. */
export function meanMs(time: ServerCounters["queueTime"]): number | null {
  return time === null || time.count === 0 ? null : (time.sumSeconds / time.count) * 1_000;
}

function compare(
  figure: string,
  unit: ServerComparison["unit"],
  client: number | null,
  server: number | null,
): ServerComparison {
  const ratio = client === null || server === null || client === 0 ? null : server / client;
  return { figure, unit, client, server, ratio };
}

function hitPercent(server: ServerCounters): number | null {
  const share = serverHitShareOf(server);
  return share === null ? null : 100 * share;
}

function warnOf(row: ServerComparison, { streams, requests }: Pick<Level, "streams" | "requests">): string[] {
  const { ratio } = row;
  if (ratio === null || (ratio >= leastRatio && ratio <= mostRatio)) return [];
  const brokenOff = requests.failed + requests.cancelled;
  const unseen =
    brokenOff === 0
      ? ""
      : `${countRequests(brokenOff)} ${brokenOff === 1 ? "was" : "were"} broken off, whose tokens only the server knows; `;
  const causes =
    ratio > mostRatio
      ? `${unseen}somebody else uses the server at the same time; something between them sends requests twice`
      : "several servers or API processes answer, and these counters are of one of them; the counters were reset " +
        "during the level; a gateway before the server counts tokens by a tokenizer of its own";
  return [
    `At ${countStreams(streams)} the server counts ${ratio.toFixed(3)} times the ${row.figure} that this client saw. ` +
      `Likely causes: ${causes}.`,
  ];
}

function warnOfFailure({ streams, verdict, reason }: ComparedLevel): string[] {
  const what = "the counts say nothing about what the server can do, even if they agree";
  return verdict === "failed" ? [`The level of ${countStreams(streams)} failed, so ${what}: ${reason}`] : [];
}

// Every prompt has a head of its own, so the cache should know none of them.
const mostHitPercent = 1;

function warnOfCache(server: ServerCounters): string[] {
  const percent = hitPercent(server);
  if (percent === null || percent < mostHitPercent) return [];
  return [
    `${percent.toFixed(1)} % of the prompt tokens came from the prefix cache, so the server read less than it was sent. ` +
      `${(server.preemptions ?? 0) > 0 ? "Requests that were pushed out of the KV cache are read again from it" : "A chat template with a long head of its own does that"}.`,
  ];
}
