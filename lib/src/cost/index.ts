export { type BreakEven, type BreakEvenInput, breakEven } from "./break-even.ts";
export { breakEvenChart } from "./break-even-chart.ts";
