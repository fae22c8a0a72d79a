import { alignColumns } from "../../words/index.ts";
import type { AccountCheck } from "./check-account.ts";

/** Writes an account check for people, one finding a line. */
export function describeAccount(account: AccountCheck): string {
  const { keyScope, balanceUsd, pods, podsUsdPerHour, warnings } = account;
  const lines: [string, string][] = [
    ["key", keyScope],
    ["balance", balanceUsd === null ? "not told" : `$${balanceUsd.toFixed(2)}`],
    ["spending", `$${podsUsdPerHour.toFixed(2)} an hour, on ${pods.length} pods`],
    ...warnings.map((warning): [string, string] => ["mind", warning]),
  ];
  return alignColumns(lines);
}
