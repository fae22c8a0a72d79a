import { InputError } from "../../errors.ts";

/** Refuses a time limit within which nothing can become ready; throws an InputError. */
export function requireTimeout(timeoutMinutes: number): void {
  if (timeoutMinutes > 0) return;
  throw new InputError(`waitUntilReady: timeoutMinutes is ${timeoutMinutes}.`, {
    remedy: "Give a number of minutes above 0.",
  });
}
