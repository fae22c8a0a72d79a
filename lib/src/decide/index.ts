export { decide } from "./decide.ts";
export type { DecideInput, Decision, Form, Lever, Risk, Turn, Way } from "./decide-types.ts";
export { decisionChart } from "./decision-chart.ts";
export { decisionFrame, leverFrame } from "./decision-frame.ts";
