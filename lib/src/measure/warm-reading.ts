import type { WarmReading } from "../cost/index.ts";
import { countStreams, type Level, type Measurement } from "./measurement.ts";

/** With less in common by construction, a cache cannot be judged. */
const leastRepeated = 0.05;

/** Cold and warm turns whose shares are closer than this do not tell apart what each kind of token takes. */
const leastDistance = 0.3;

/** The part of a level's prompt tokens that came from a prefix cache, by the server's counters or its answers; `null`: not known. */
export function hitShareOf({ conversations }: Level): number | null {
  if (conversations === null) return 0;
  return conversations.serverHitShare ?? conversations.usageHitShare;
}

/**
 * Reads what conversations say of a prefix cache: of the valid level with the fewest streams, whose waits have least of other
 * requests in them. `null`: it has no conversations, they repeat nothing, or what came from a cache is not known.
 *
 * What a cached token takes, beside one that is read, follows from first and later turns: seconds a prompt token = read share ×
 * seconds a read token + cached share × seconds a cached one. What every request takes besides is in both, so that a cache
 * seems to save rather too little. Where the two are too alike, or one is not known, a cached token counts as free.
 */
export function readWarm(measurement: Measurement): WarmReading | null {
  const [level] = measurement.levels
    .filter(({ verdict, conversations }) => verdict === "valid" && conversations !== null)
    .toSorted((one, other) => one.streams - other.streams);
  const { expectedHitShare: expected = null, cold, warm } = level?.conversations ?? {};
  const held = level === undefined ? null : hitShareOf(level);
  const rate = warm?.tokensPerSecond ?? null;
  if (level === undefined || expected === null || held === null || rate === null) return null;
  if (expected < leastRepeated) return null;
  const keptShare = Math.min(1, held / expected);
  const shareOf = (turns: typeof warm) => keptShare * (turns?.expectedHitShare ?? 0);
  return {
    cachedInputShare: shareOf(warm),
    prefillTokensPerSecond: rate,
    keptShare,
    savedShare: savedShare(
      { cached: shareOf(cold), rate: cold?.tokensPerSecond ?? null },
      { cached: shareOf(warm), rate },
    ),
    streams: level.streams,
    source: `${measurement.server}, ${countStreams(level.streams)}`,
    date: measurement.startedAt.slice(0, 10),
  };
}

function savedShare(
  cold: { cached: number; rate: number | null },
  warm: { cached: number; rate: number },
): number {
  const distance = warm.cached - cold.cached;
  if (cold.rate === null || distance < leastDistance) return 1;
  const slope = (1 / warm.rate - 1 / cold.rate) / distance;
  const secondsPerRead = 1 / cold.rate - slope * cold.cached;
  if (!(secondsPerRead > 0)) return 0;
  return Math.min(1, Math.max(0, -slope / secondsPerRead));
}
