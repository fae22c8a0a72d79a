import { z } from "zod";
import { evidenceSchema } from "../evidence.ts";
import { levelFields, type Measurement, measurementSchema } from "../measurement.ts";

const comparableLevel = levelFields.pick({
  streams: true,
  verdict: true,
  reason: true,
  outputTokensPerSecond: true,
  timeToFirstTokenMs: true,
  timePerOutputTokenMs: true,
  inputTokensPerRequest: true,
  outputTokensPerRequest: true,
  repeats: true,
});

/** Takes of a measurement what a comparison reads, so that it can be kept where the whole would be too much. */
export const comparableSchema = measurementSchema
  .pick({ kind: true, startedAt: true, model: true, server: true, gpu: true, workload: true })
  .extend({
    evidence: evidenceSchema.pick({ image: true, arguments: true }).nullable().default(null),
    levels: z.array(comparableLevel),
  });

/** What of a level a comparison reads. */
export type ComparableLevel = z.output<typeof comparableLevel>;

/** What of a measurement a comparison reads. */
export type ComparableMeasurement = z.output<typeof comparableSchema>;

/** The figures that are compared: output of all streams in tokens/s, and times in milliseconds. */
export const comparedFigures = [
  "outputTokensPerSecond",
  "firstTokenP50Ms",
  "firstTokenP95Ms",
  "perTokenP50Ms",
] as const;

/** One figure of one level in both measurements. */
export type ComparedFigure = {
  streams: number;
  figure: (typeof comparedFigures)[number];
  /** The geometric mean of the repeats, or the level's own figure where those are not known. */
  a: number | null;
  b: number | null;
  /** B ÷ A; above 1 B writes more, or takes longer. */
  ratio: number | null;
  /** The ends of the 95 % interval of the ratio; `null` without repeats on both sides. */
  low: number | null;
  high: number | null;
  /** `more`: B's figure is higher, and the whole interval says so. */
  differs: "more" | "less" | "within the spread" | "unknown";
};

/** Two measurements of the same workload, figure by figure; plain JSON. */
export interface Comparison {
  a: Pick<Measurement, "startedAt" | "model" | "server">;
  b: Pick<Measurement, "startedAt" | "model" | "server">;
  kind: Measurement["kind"];
  /** Level by level, four figures each. */
  figures: ComparedFigure[];
  /** Levels of one or both that are not compared, each with the reason. */
  leftOut: { streams: number; reason: string }[];
  /** What else differs between the two, as sentences: it may be the change that is looked for. */
  notes: string[];
  /** What came out, for people. */
  words: string;
  /** How ratio and interval are computed, in words. */
  formulas: { ratio: string; interval: string };
}

/** A level of A and the one of B with as many streams. */
export type LevelPair = readonly [a: ComparableLevel, b: ComparableLevel];
