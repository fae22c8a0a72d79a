import { WorkbookError } from "../../errors.ts";

/** Why one GPU type did not become a pod. */
export interface FailedCandidate {
  gpuTypeId: string;
  reason: string;
  /** It was not tried, since it costs more than the ceiling. */
  isAboveCeiling?: true;
}

/** What a {@link CreateRentalError} is made of. */
export interface CreateRentalErrorOptions {
  attempts?: readonly FailedCandidate[];
  remedy: string;
  cause?: unknown;
}

/** Nothing was rented, or what was rented was not kept; the message says why. */
export class CreateRentalError extends WorkbookError {
  override name = "CreateRentalError";
  /** What was tried, and why each failed; empty where the reason is another. */
  readonly attempts: readonly FailedCandidate[];

  constructor(message: string, options: CreateRentalErrorOptions) {
    super(message, options);
    this.attempts = options.attempts ?? [];
  }
}
