export { decide } from "./decide.ts";
export type { DecideInput, Decision, Form, Lever, Risk, Turn, Way } from "./decide-types.ts";
