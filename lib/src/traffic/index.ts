export { checkTrace } from "./check-trace.ts";
export { loadTrace } from "./load-trace.ts";
export { repeatAsWeek } from "./repeat-as-week.ts";
export { scaleTrace } from "./scale-trace.ts";
export type { TraceName } from "./shipped-traces.ts";
export { summariseTrace, type Trace, type TraceSummary } from "./trace.ts";
export { traceFrame } from "./trace-frame.ts";
