export { picture, type RunFindings, readRunFindings, seen } from "./findings-file.ts";
export { printDecision } from "./print-decision.ts";
export { printPeople } from "./print-people.ts";
export { printVerdict } from "./print-verdict.ts";
