import type { DataFrame } from "nodejs-polars";
import { type FrameColumns, makeFrame } from "../frame.ts";
import type { Decision, Lever, Way } from "./decide-types.ts";

const wayColumns: FrameColumns<ReturnType<typeof toRow>> = {
  label: "text",
  place: "text",
  serves: "text",
  model: "text",
  provider: "text",
  gpu: "text",
  gpuCount: "number",
  precision: "text",
  form: "text",
  usdPerMonth: "number",
  usdPerMonthLow: "number",
  usdPerMonthHigh: "number",
  usdPerMillionTokens: "number",
  keepsTarget: "text",
  machines: "number",
  machinesLow: "number",
  machinesHigh: "number",
  busy: "number",
  firstTokenMs: "number",
  firstTokenMsLow: "number",
  firstTokenMsHigh: "number",
  perTokenMs: "number",
  perTokenMsLow: "number",
  perTokenMsHigh: "number",
  usdPerHour: "number",
  evidence: "text",
  risks: "text",
  waitsHours: "number",
  priceStatus: "text",
  isRouter: "yes-or-no",
  basis: "text",
  observed: "text",
  source: "text",
};

/** Returns the ways of a decision as a polars frame, one row each, in their order; waits are of the 95th percentile. */
export function decisionFrame({ ways }: Pick<Decision, "ways">): Promise<DataFrame> {
  return makeFrame(ways.map(toRow), wayColumns);
}

/** The figures of a way's bands in columns of their own. */
function toRow(way: Way) {
  const { usdPerMonth, usdPerMillionTokens, machines, p95, risks, sources, ...rest } = way;
  const { timeToFirstTokenMs: first, timePerOutputTokenMs: pace } = p95;
  return {
    ...rest,
    usdPerMonth: usdPerMonth.typical,
    usdPerMonthLow: usdPerMonth.low,
    usdPerMonthHigh: usdPerMonth.high,
    usdPerMillionTokens: usdPerMillionTokens.typical,
    machines: machines?.typical ?? null,
    machinesLow: machines?.low ?? null,
    machinesHigh: machines?.high ?? null,
    firstTokenMs: first?.typical ?? null,
    firstTokenMsLow: first?.low ?? null,
    firstTokenMsHigh: first?.high ?? null,
    perTokenMs: pace?.typical ?? null,
    perTokenMsLow: pace?.low ?? null,
    perTokenMsHigh: pace?.high ?? null,
    risks: [...new Set(risks.map(({ kind }) => kind))].join(", "),
    source: sources[0] ?? "",
  };
}

const leverColumns: FrameColumns<Lever> = {
  lever: "text",
  side: "text",
  model: "text",
  savesUsdPerMonth: "number",
  usdPerMonthBefore: "number",
  usdPerMonthAfter: "number",
  from: "text",
  to: "text",
  text: "text",
};

/** Returns the levers of a decision as a polars frame, what saves most first. */
export function leverFrame({ levers }: Pick<Decision, "levers">): Promise<DataFrame> {
  return makeFrame(levers, leverColumns);
}
