import { isTrusted } from "./choose-ways.ts";
import type { Decision, Way } from "./decide-types.ts";

/** How long users wait, as a field of a way's 95th percentile. */
export type WaitField = "timePerOutputTokenMs" | "timeToFirstTokenMs";

/** A machine on the chart, in its cheapest form; dollars are for a million tokens, waits in milliseconds. */
export interface MachineMark {
  label: string;
  wait: number;
  waitLow: number;
  waitHigh: number;
  usd: number;
  usdLow: number;
  usdHigh: number;
  usdPerMonth: number;
  keeps: string;
  evidence: string | null;
  /** Whether it keeps to the target, and no other that does is as cheap and as quick. */
  isBest: boolean;
}

/** An API on the chart: its price alone. */
export interface ApiMark {
  label: string;
  place: string;
  usd: number;
}

/** What the legend says of a machine. */
export const keepsWords = {
  yes: "machine, keeps to the target",
  measure: "machine, to be measured",
  no: "machine, misses the target",
} as const;

/** Machines that cost so many times the answer and the cheapest machine, or take so many times the target, are not drawn. */
const [mostDearness, machineDearness, mostSlowness] = [20, 4, 10];

/** Lists the APIs whose price nothing contradicts, the cheapest first. */
export function listApiMarks({ ways }: Decision): ApiMark[] {
  return ways
    .filter((way) => way.form === "by token" && isTrusted(way))
    .map(({ label, place, usdPerMillionTokens }) => ({ label, place, usd: usdPerMillionTokens.typical }));
}

/** Lists each machine in its cheapest form, where it is known how long users wait. */
export function listMachineMarks(decision: Decision, field: WaitField): MachineMark[] {
  const limit = decision.latencyTarget?.[field] ?? Number.POSITIVE_INFINITY;
  const usd = (way: Way | null) => way?.usdPerMillionTokens.typical ?? 0;
  const { answer, cheapestMachine, ways } = decision;
  const most = mostDearness * usd(answer ?? ways[0] ?? null) + usd(cheapestMachine) * machineDearness;
  const cheapest = new Map<string, MachineMark>();
  for (const way of decision.ways) {
    const wait = way.p95[field];
    const { usdPerMillionTokens: cost } = way;
    if (way.serves !== "machine" || wait === null || wait.typical <= 0) continue;
    if (cost.typical > most || wait.typical > mostSlowness * limit) continue;
    const key = [way.checkpoint, way.gpu, way.gpuCount, way.precision, way.keepsTarget].join("|");
    if ((cheapest.get(key)?.usd ?? Number.POSITIVE_INFINITY) <= cost.typical) continue;
    cheapest.set(key, {
      label: way.label,
      wait: wait.typical,
      waitLow: wait.low,
      waitHigh: wait.high,
      usd: cost.typical,
      usdLow: cost.low,
      usdHigh: cost.high,
      usdPerMonth: way.usdPerMonth.typical,
      keeps: keepsWords[way.keepsTarget],
      evidence: way.evidence,
      isBest: false,
    });
  }
  const marks = [...cheapest.values()];
  const sure = marks.filter(({ keeps }) => keeps === keepsWords.yes);
  const isBeaten = (mark: MachineMark) =>
    sure.some((other) => other !== mark && other.usd <= mark.usd && other.wait <= mark.wait);
  return marks.map((mark) => ({ ...mark, isBest: mark.keeps === keepsWords.yes && !isBeaten(mark) }));
}
