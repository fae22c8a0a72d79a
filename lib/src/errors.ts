import { inspect } from "node:util";

/** What an error of the workbook knows beside its message. */
export interface WorkbookErrorOptions {
  /** What to do next: whole sentences, which also end the message. */
  remedy: string;
  cause?: unknown;
}

/**
 * Something that the workbook tried did not work; the message says what was tried, on what, and what to do next.
 *
 * A notebook cell shows it as one paragraph, without a stack: `name: message`. The technical reason stays in `cause`.
 */
export class WorkbookError extends Error {
  override name = "WorkbookError";
  /** What went wrong, without the remedy. */
  readonly problemText: string;
  /** What to do next. */
  readonly remedy: string;

  constructor(problemText: string, options: WorkbookErrorOptions) {
    super(`${problemText} ${options.remedy}`, options.cause === undefined ? {} : { cause: options.cause });
    this.problemText = problemText;
    this.remedy = options.remedy;
  }

  [inspect.custom](): string {
    return `${this.name}: ${this.message}`;
  }
}

/** A setting is missing or cannot be used; the message names the variable, where it came from and the remedy. */
export class SettingsError extends WorkbookError {
  override name = "SettingsError";
}

/** What is wrong with a value, where code decides on it. */
export type InputProblem =
  | "out-of-range"
  | "does-not-fit"
  | "cannot-split"
  | "no-kernel"
  | "no-language-model"
  | "unknown-here";

/** A value given to a function makes no sense; the message names the field and what it takes. */
export class InputError extends WorkbookError {
  override name = "InputError";
  /** `null` where no code decides on it. */
  readonly problem: InputProblem | null;
  /** The field as the person who called spells it; `null` where the message is about several. */
  readonly field: string | null;

  constructor(
    problemText: string,
    options: WorkbookErrorOptions & { problem?: InputProblem; field?: string },
  ) {
    super(problemText, options);
    this.problem = options.problem ?? null;
    this.field = options.field ?? null;
  }
}
