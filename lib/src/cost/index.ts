export { type Assessment, assessBreakEven } from "./assess-break-even.ts";
export type { AssessmentInput } from "./assess-input.ts";
export { type BreakEven, type BreakEvenInput, breakEven } from "./break-even.ts";
export { breakEvenChart } from "./break-even-chart.ts";
export type { Capacity, Latency } from "./capacity.ts";
export { describeAssessment } from "./describe-assessment.ts";
export type { PayingPrices } from "./find-paying-prices.ts";
export { outputTokensPerSecondAt } from "./judge-capacity.ts";
export { type MachineStep, machineStaircase } from "./machine-staircase.ts";
export { type BatchBill, type BatchInput, priceBatch } from "./price-batch.ts";
export { publishedCapacity } from "./published-capacity.ts";
export type { NumberOrRange, Range } from "./range.ts";
export type { InputInfluence } from "./rank-inputs.ts";
export { describeRegion, type RegionInput, regionChart } from "./region-chart.ts";
export {
  allPolicies,
  type ChoiceFlip,
  choosePolicy,
  describeChoice,
  describePolicyCosts,
  describeTraceLoad,
  describeWaits,
  officeWeek,
  type Policy,
  type PolicyChoice,
  type PolicyReplay,
  policyCostChart,
  type ReplayInput,
  type ReplayLatencyTarget,
  type ReplayPrices,
  repeatAsWeek,
  replayTrace,
  replicaStaircase,
  scaleTrace,
  type TraceReplay,
  type TraceScale,
  traceLoadChart,
  waitingChart,
} from "./replay/index.ts";
export { rooflineCapacity } from "./roofline-capacity.ts";
export { describeSensitivity, sensitivityChart } from "./sensitivity-chart.ts";
