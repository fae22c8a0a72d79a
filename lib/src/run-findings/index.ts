export { picture, type RunFindings, readRunFindings } from "./findings-file.ts";
export { printDecision } from "./print-decision.ts";
export { printVerdict } from "./print-verdict.ts";
