export { type AssessedDecision, assessDecision } from "./assess-decision.ts";
export { decide } from "./decide.ts";
export type { DecideInput, Decision, Form, Lever, Risk, Turn, Way } from "./decide-types.ts";
export { decisionChart } from "./decision-chart.ts";
export { decisionFrame, leverFrame } from "./decision-frame.ts";
export { type InspectedMachine, inspectMachine } from "./inspect-machine.ts";
export { modelToDecide } from "./model-to-decide.ts";
export { replayDecision } from "./replay-decision.ts";
