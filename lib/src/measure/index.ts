export { compareMeasurements } from "./compare/compare-measurements.ts";
export {
  type ComparableMeasurement,
  type ComparedFigure,
  type Comparison,
  comparableSchema,
} from "./compare/comparison.ts";
export { findComparable } from "./compare/find-comparable.ts";
export { figureNames, ratioChart } from "./compare/ratio-chart.ts";
export {
  type ComparedMachine,
  compareWithPublished,
  type ThroughputRow,
  throughputFrame,
  throughputLayout,
  throughputRows,
} from "./compare-with-published.ts";
export { compareWithServer } from "./compare-with-server.ts";
export { comparisonChart } from "./comparison-chart.ts";
export type { ForecastCurve, ForecastPoint } from "./forecast-layers.ts";
export { levelFrame } from "./level-frame.ts";
export type { MeasurementProgress, MeasureOptions } from "./measure-plan.ts";
export { measureThroughput } from "./measure-throughput.ts";
export {
  describeLengths,
  type Level,
  type Measurement,
  measurementSchema,
  type ServerCounters,
} from "./measurement.ts";
export { nameMachine, type ReachInput, reachFrame, sayFewestStreams } from "./reach-frame.ts";
export { findMachine } from "./replay/find-machine.ts";
export {
  type PredictedAndSeen,
  predictedAndSeen,
  predictedAndSeenFrame,
} from "./replay/predicted-and-seen.ts";
export type { ReplayOptions } from "./replay/replay-plan.ts";
export { replayTraceOn } from "./replay/replay-trace-on.ts";
export type { PredictedFigure } from "./replay/say-agreement.ts";
export type { ScheduledRequest, TraceRecord, TraceRun } from "./replay/trace-run.ts";
export type { RequestRecord } from "./request-record.ts";
export { requestTimelineChart } from "./request-timeline-chart.ts";
export { readServerCounters } from "./server-counters.ts";
export { exportMeasurement } from "./share/export-measurement.ts";
export { type ExportedMeasurement, exportedSchema } from "./share/exported-measurement.ts";
export { toThroughputRows } from "./share/to-throughput-rows.ts";
export { type LoadedMeasurements, loadMeasurements, saveMeasurement } from "./stored-measurements.ts";
export type { TargetSearch } from "./target-search.ts";
export { throughputChart } from "./throughput-chart.ts";
export { toCapacities, toCapacity } from "./to-capacity.ts";
export { toMeasuredPoints } from "./to-measured-points.ts";
export { tokenTimelineChart } from "./token-timeline-chart.ts";
export { type TokenArrival, type TokenTrace, traceTokens } from "./trace-tokens.ts";
