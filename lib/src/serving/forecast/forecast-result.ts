import type { ForecastBand, PeerToPeer } from "../../facts/index.ts";
import type { Band } from "./band.ts";
import type { NotCovered } from "./not-covered.ts";

/** How far an own measurement moved a forecast: each factor is measured divided by forecast; `null` where nothing was measured. */
export interface Correction {
  /** Of the rate of writing; else of the time per token, turned over. */
  factor: number;
  outputTokensPerSecond: number | null;
  timeToFirstTokenMs: number | null;
  timePerOutputTokenMs: number | null;
  measurements: number;
}

/** What a machine will do under a load, computed: a band that was tested on published runs, or `null` where nothing can be said. */
export interface Forecast {
  kind: "computed";
  outputTokensPerSecond: Band | null;
  inputTokensPerSecond: Band | null;
  /** The mean wait; `null` where requests queue, since that wait follows from the load and how long it lasts. */
  timeToFirstTokenMs: Band | null;
  timePerOutputTokenMs: Band | null;
  secondsPerRequest: Band | null;
  p95: { timeToFirstTokenMs: Band | null; timePerOutputTokenMs: Band | null };
  /** Whether the machine serves as many requests as come; of a fixed number of streams always. */
  keepsUp: boolean;
  /** Whether requests wait until others end. */
  isSaturated: boolean;
  boundBy: "memory bandwidth" | "compute" | "link" | "cache";
  peerToPeer: PeerToPeer | null;
  /** What the bands rest on: how many published figures, of which runs. */
  basis: {
    group: ForecastBand["group"];
    comparisons: number;
    sources: readonly string[];
    from: string;
    to: string;
    text: string;
  };
  notCovered: readonly NotCovered[];
  correction: Correction | null;
}
