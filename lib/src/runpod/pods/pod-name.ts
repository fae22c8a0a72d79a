import { randomBytes } from "node:crypto";

/** What the name of a workbook's pod tells; it needs no journal to be read. */
export interface PodName {
  /** Which workbook rented it. */
  workbookId: string;
  /** The part that never changes: the name without its deadline. */
  stem: string;
  deadlineAt: Date;
}

const form = /^(workbook-([0-9a-f]{10})-[0-9a-z]{6})-(\d{8}T\d{6}Z)$/;

/** Draws the part of a pod's name that stays: `workbook-<id>-<draw>`, unique in the account. */
export function drawStem(workbookId: string): string {
  return `workbook-${workbookId}-${randomBytes(3).toString("hex")}`;
}

/** Puts the deadline behind a stem, to the second: `workbook-<id>-<draw>-20261124T051200Z`. */
export function nameWithDeadline(stem: string, deadlineAt: Date): string {
  return `${stem}-${deadlineAt.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

/** Reads a pod's name; `null` where no workbook gave it. */
export function parsePodName(name: string): PodName | null {
  return readName(form.exec(name));
}

/** Reads what a name's form has found: stem, workbook and deadline, in this order. */
export function readName(found: RegExpExecArray | null): PodName | null {
  if (found === null) return null;
  const [, stem = "", workbookId = "", deadline = ""] = found;
  const digits = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
  const deadlineAt = new Date(deadline.replace(digits, "$1-$2-$3T$4:$5:$6Z"));
  return Number.isNaN(deadlineAt.getTime()) ? null : { workbookId, stem, deadlineAt };
}

/** The variables of a pod's environment that tell the same as its name, should somebody rename it. */
export const podVariables = {
  workbookId: "WORKBOOK_ID",
  stem: "WORKBOOK_POD",
  deadline: "WORKBOOK_DEADLINE",
} as const;

/** Reads whose pod it is and until when it may run, from its name or else its environment; `null`: no workbook's. */
export function readPodMarks(pod: {
  name: string;
  env?: Record<string, string> | null | undefined;
}): PodName | null {
  return parsePodName(pod.name) ?? readMarks(pod.env ?? {}, podVariables);
}

/** Reads the same from an environment, under the given names. */
export function readMarks(
  environment: Readonly<Record<string, string>>,
  variables: { workbookId: string; stem: string; deadline: string },
): PodName | null {
  const workbookId = environment[variables.workbookId];
  const stem = environment[variables.stem];
  const deadlineAt = new Date(environment[variables.deadline] ?? "");
  if (workbookId === undefined || stem === undefined || Number.isNaN(deadlineAt.getTime())) return null;
  return { workbookId, stem, deadlineAt };
}
