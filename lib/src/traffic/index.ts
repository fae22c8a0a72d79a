export { checkTrace } from "./check-trace.ts";
export { loadTrace } from "./load-trace.ts";
export { officeWeek, repeatAsWeek } from "./repeat-as-week.ts";
export { scaleTrace } from "./scale-trace.ts";
export { shippedTraces, type TraceName } from "./shipped-traces.ts";
export { sortByArrival, summariseTrace, type Trace, type TraceSummary } from "./trace.ts";
