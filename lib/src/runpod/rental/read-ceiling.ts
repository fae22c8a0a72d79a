import { SettingsError } from "../../errors.ts";
import { requireNumber } from "../../require-number.ts";
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
  requireNumber(call, { maxUsdPerHour: ceiling }, { above: 0, meaning: "a ceiling in dollars per hour" });
  return ceiling;
}
