export {
  type AdapterHosting,
  type AdapterHostingInput,
  adapterSlowdown,
  compareAdapterHosting,
} from "./adapter-hosting.ts";
export { type AssessedDecision, assessDecision } from "./assess-decision.ts";
export { isTrusted } from "./choose-ways.ts";
export { decide } from "./decide.ts";
export type { DecideInput, Decision, Form, Lever, Risk, Turn, Way } from "./decide-types.ts";
export { decisionChart } from "./decision-chart.ts";
export { decisionFrame, leverFrame } from "./decision-frame.ts";
export { type InspectedMachine, inspectMachine } from "./inspect-machine.ts";
export { modelToDecide } from "./model-to-decide.ts";
export { nearestRuns } from "./nearest-runs.ts";
export { describePeopleAtOnce } from "./people-at-once.ts";
export { replayDecision } from "./replay-decision.ts";
export { turnFrame } from "./turn-frame.ts";
