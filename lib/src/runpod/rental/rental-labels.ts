import { randomBytes } from "node:crypto";

/** Whose a pod or an endpoint is, and until when it may stay; its name and its environment tell it, no journal is needed. */
export interface RentalLabels {
  /** Which workbook rented it. */
  workbookId: string;
  /** The part of the name that never changes: the name without its deadline. */
  stem: string;
  deadlineAt: Date;
}

/** How one kind of rental carries its labels. */
export interface LabelForm {
  /** Finds stem, workbook and deadline in a name, in this order. */
  name: RegExp;
  /** The variable of its environment with the stem; pods and endpoints differ in it. */
  stemVariable: "WORKBOOK_POD" | "WORKBOOK_ENDPOINT";
}

/** Draws the part of a name that stays, unique in the account: `workbook-<id>-<draw>`, with `e-` before an endpoint's draw. */
export function drawStem(workbookId: string, noun: "pod" | "endpoint"): string {
  return `workbook-${workbookId}-${noun === "endpoint" ? "e-" : ""}${randomBytes(3).toString("hex")}`;
}

/** Puts the deadline behind a stem, to the second: `workbook-<id>-<draw>-20261124T051200Z`. */
export function nameWithDeadline(stem: string, deadlineAt: Date): string {
  return `${stem}-${deadlineAt.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

/** The variables of an environment that tell the same as the name, should somebody change it. */
export function labelVariables(labels: RentalLabels, { stemVariable }: LabelForm): Record<string, string> {
  const { workbookId, stem, deadlineAt } = labels;
  return { WORKBOOK_ID: workbookId, [stemVariable]: stem, WORKBOOK_DEADLINE: deadlineAt.toISOString() };
}

/** Reads the labels from a name, or else from an environment; `null`: no workbook rented it. */
export function readLabels(
  rented: { name: string; env?: Readonly<Record<string, string>> | null | undefined },
  form: LabelForm,
): RentalLabels | null {
  return readName(form.name.exec(rented.name)) ?? readVariables(rented.env ?? {}, form);
}

function readName(found: RegExpExecArray | null): RentalLabels | null {
  if (found === null) return null;
  const [, stem = "", workbookId = "", deadline = ""] = found;
  const digits = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
  const deadlineAt = new Date(deadline.replace(digits, "$1-$2-$3T$4:$5:$6Z"));
  return Number.isNaN(deadlineAt.getTime()) ? null : { workbookId, stem, deadlineAt };
}

function readVariables(
  environment: Readonly<Record<string, string>>,
  { stemVariable }: LabelForm,
): RentalLabels | null {
  const workbookId = environment["WORKBOOK_ID"];
  const stem = environment[stemVariable];
  const deadlineAt = new Date(environment["WORKBOOK_DEADLINE"] ?? "");
  if (workbookId === undefined || stem === undefined || Number.isNaN(deadlineAt.getTime())) return null;
  return { workbookId, stem, deadlineAt };
}
