export { describeCellError } from "./describe-cell-error.ts";
export { type Diagnosis, explainError } from "./explain-error.ts";
