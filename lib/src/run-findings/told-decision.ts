/** What a summary tells of a way to serve a load. */
export interface ToldWay {
  serves: "api" | "machine";
  form: string;
  label: string;
  usdPerMonth: { low: number; typical: number; high: number };
  keepsTarget: "yes" | "no" | "measure";
  basis: string;
  isRouter: boolean;
  priceStatus: string;
  sources: readonly string[];
  observed: string;
}

/** What a summary tells of a decision. */
export interface ToldDecision {
  models: readonly string[];
  load: { requestsPerMonth: number; inputTokens: number; outputTokens: number };
  ways: readonly ToldWay[];
  answer: ToldWay | null;
  runnerUp: ToldWay | null;
  cheapestApi: ToldWay | null;
  cheapestMachine: ToldWay | null;
  worthMeasuring: { way: ToldWay; text: string } | null;
  sentence: string;
}
