export { type BreakEven, type BreakEvenInput, breakEven } from "./break-even.ts";
