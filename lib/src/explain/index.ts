export { describeCellError } from "./describe-cell-error.ts";
export { type Complaint, describeComplaints } from "./describe-complaints.ts";
export { type Diagnosis, explainError } from "./explain-error.ts";
