import type { DataFrame } from "nodejs-polars";
import { type FrameColumns, makeFrame } from "../../frame.ts";
import type { PolicyReplay } from "./replay-policy.ts";
import type { TraceReplay } from "./replay-trace.ts";

type PolicyRow = PolicyReplay & Partial<NonNullable<PolicyReplay["waitSeconds"]>>;

const columns: FrameColumns<PolicyRow> = {
  label: "text",
  provider: "text",
  usdPerDay: "number",
  usdPerMonth: "number",
  usdPerThousandRequests: "number",
  paidHours: "number",
  utilisation: "number",
  p50: "number",
  p95: "number",
  p99: "number",
  longest: "number",
  shareOverTarget: "number",
  coldStarts: "number",
  keepsUp: "yes-or-no",
};

/** Returns a replay as a polars frame: one row is one policy; `p50` to `longest` are its waits in seconds. */
export function policyFrame({ policies }: Pick<TraceReplay, "policies">): Promise<DataFrame> {
  const rows = policies.map((policy): PolicyRow => ({ ...policy, ...policy.waitSeconds }));
  return makeFrame(rows, columns);
}
