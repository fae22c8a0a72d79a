export { averageApiPrices } from "./api-bill.ts";
export { type Assessment, assessBreakEven } from "./assess-break-even.ts";
export type { AssessmentInput } from "./assess-input.ts";
export { assessWhatIfs, type WhatIf, type WhatIfChange } from "./assess-what-ifs.ts";
export { type BreakEven, type BreakEvenInput, breakEven } from "./break-even.ts";
export { breakEvenChart } from "./break-even-chart.ts";
export type { Capacity, Latency } from "./capacity.ts";
export {
  describeAssessment,
  stateVerdict,
} from "./describe-assessment.ts";
export { forecastCapacity } from "./forecast-capacity.ts";
export { describeLatency, outputTokensPerSecondAt, refuseCapacity } from "./judge-capacity.ts";
export { publishedCapacity, rooflineCapacity } from "./known-capacities.ts";
export { type LatencyTargetInput, latencyTarget, type Pace, paces } from "./latency-target.ts";
export { wholeGroups } from "./machine-staircase.ts";
export { type BatchInput, priceBatch, shareWork } from "./price-batch.ts";
export { regionChart } from "./region-chart.ts";
export { type ChoiceFlip, choosePolicy, type PolicyChoice } from "./replay/choose-policy.ts";
export { allPolicies, type Policy } from "./replay/policy.ts";
export { policyCostChart } from "./replay/policy-cost-chart.ts";
export { policyFrame } from "./replay/policy-frame.ts";
export type { ReplayInput, ReplayPrices } from "./replay/replay-input.ts";
export type { PolicyReplay } from "./replay/replay-policy.ts";
export { replayTrace, type TraceReplay } from "./replay/replay-trace.ts";
export { traceLoadChart } from "./replay/trace-load-chart.ts";
export { waitingChart } from "./replay/waiting-chart.ts";
export { sensitivityChart } from "./sensitivity-chart.ts";
export { type Paying, type PayingInput, statePaying } from "./state-paying.ts";
