import type { FigureKind } from "../show/index.ts";

/** A latency that users accept, or the one at which a rate was reached; `null` where nothing is asked or known. */
export interface Latency {
  /** From the request to the first text. */
  timeToFirstTokenMs: number | null;
  /** Between two tokens of one stream, once it flows. */
  timePerOutputTokenMs: number | null;
  /** Which part of the requests keeps to it: 50 is the median, 95 the usual target. */
  percentile: number;
}

/** One rate of a machine, and the run or computation that it comes from. */
export interface RateFigure extends Pick<Capacity, "kind" | "source" | "date"> {
  tokensPerSecond: number;
}

/** What was measured of a machine's prefix cache: conversations, whose later turns begin like the turn before. */
export interface WarmReading {
  /** Part of the prompt tokens of later turns that came from the cache. */
  cachedInputShare: number;
  /** Prompt tokens of later turns per second, those from the cache included. */
  prefillTokensPerSecond: number;
  /** Which part of what prompts repeat the cache held, 0 to 1. */
  keptShare: number;
  /** Which part of a token's reading the cache saves where it holds it: 1 where it costs nothing. */
  savedShare: number;
  streams: number;
  /** As those of a capacity. */
  source: string;
  date: string;
}

/**
 * What one group of GPUs that holds the model once can do; plain data, whoever made it.
 *
 * Reading and writing share one machine: a load takes inputTokensPerSecond ÷ prefillTokensPerSecond +
 * outputTokensPerSecond ÷ decodeTokensPerSecond of its time, so each rate is the one with nothing of the other to do.
 */
export interface Capacity {
  /** Prompt tokens per second for the whole group, of those that it reads: what its prefix cache holds does not count. */
  prefillTokensPerSecond: number;
  /** Output tokens per second for the whole group, all streams together. */
  decodeTokensPerSecond: number;
  /** The latency at which the rates were reached; `null` where nobody published it. */
  atLatency: Latency | null;
  /** `true`: more streams would not bring more, as past the knee of a ladder; absent: nobody knows, so they might. */
  isLimit?: boolean;
  /** Requests in flight when the rates were reached; `null` or absent: not known. */
  streams?: number | null;
  /** `simulated` is also what a rehearsal measured on its own machine: it never counts as a GPU's. */
  kind: Exclude<FigureKind, "assumed">;
  /** Where the figures come from, in words or as an address; of two runs both, each with its day. */
  source: string;
  /** The addresses of published runs. */
  sources?: readonly string[];
  /** The day of the measurement, publication or computation, such as `2026-11-23`; of two runs both. */
  date: string;
  /** Where the two rates are of two runs: what these say about each rate, the figure that is used first. */
  rateFigures?: { reading: readonly RateFigure[]; writing: readonly RateFigure[] };
  /** The model served; `null` or absent: whatever is asked about. */
  model?: string | null;
  /** As Runpod spells it (`NVIDIA A40`); `null` or absent: whatever is asked about. */
  gpu?: string | null;
  /** GPUs in the group. */
  gpuCount?: number | null;
  /** The lowest and highest of several repeats, where there were several. */
  decodeRange?: readonly [lowest: number, highest: number];
  prefillRange?: readonly [lowest: number, highest: number];
  /** What its prefix cache does, where that was measured. */
  warm?: WarmReading;
  /** What a reader must know: an estimate, another model, a figure without a latency bound. */
  note?: string;
}

/** Names the evidence behind a capacity and its day, in words. */
export function nameEvidence({ source, date, rateFigures }: Partial<Capacity>): string {
  // The source of two runs has the day of each.
  return [source, rateFigures === undefined ? date : undefined]
    .filter((word) => word !== undefined)
    .join(", ");
}
