export { type AssessedDecision, assessDecision } from "./assess-decision.ts";
export { decide } from "./decide.ts";
export type { DecideInput, Decision, Form, Lever, Risk, Turn, Way } from "./decide-types.ts";
export { type InspectedMachine, inspectMachine } from "./inspect-machine.ts";
export { replayDecision } from "./replay-decision.ts";
