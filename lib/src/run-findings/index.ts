export { picture, type RunFindings, readRunFindings, seen } from "./findings-file.ts";
export { printDecision } from "./print-decision.ts";
export { printVerdict } from "./print-verdict.ts";
