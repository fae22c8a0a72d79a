import { InputError, SettingsError } from "../../errors.ts";
import type { RunPodContext } from "./context.ts";

/**
 * Reads the ceiling in dollars per hour: the argument, else `WORKBOOK_MAX_USD_PER_HOUR`.
 *
 * @throws SettingsError without either, InputError where it is no sum of money.
 */
export function readCeiling(
  context: RunPodContext,
  maxUsdPerHour: number | undefined,
  call: "createPod" | "createEndpoint",
): number {
  const ceiling = maxUsdPerHour ?? context.maxUsdPerHour;
  if (ceiling === null) {
    throw new SettingsError("Nothing is rented without a ceiling, and none is set.", {
      remedy: `Set WORKBOOK_MAX_USD_PER_HOUR in .env, or call ${call}(plan, { maxUsdPerHour: … }), in dollars.`,
    });
  }
  if (typeof ceiling === "number" && Number.isFinite(ceiling) && ceiling > 0) return ceiling;
  throw new InputError(`maxUsdPerHour is ${String(ceiling)}, which is no ceiling.`, {
    remedy: "Give the most that it may cost, in dollars per hour: a number above 0.",
  });
}
