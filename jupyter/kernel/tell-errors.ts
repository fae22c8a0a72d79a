import type { CellErrors } from "./cell-errors.ts";

/** What happens outside of any cell's own course. */
const strays = {
  unhandledRejection: "A call failed for which no cell waits: put await in front of it.",
  uncaughtException: "An error outside of any cell's own course, in a timer or an event.",
};

/** Has errors told to readers wherever they come up: printed by a cell, in a timer, in a call for which nobody waits. */
export function tellErrors(errors: CellErrors): void {
  for (const [event, lead] of Object.entries(strays))
    process.on(event, (error) => console.error(`${lead}\n${errors.describe(error)}`));
  for (const method of ["log", "info", "debug", "warn", "error"] as const) {
    const print = console[method];
    console[method] = (...parts) =>
      print(...parts.map((part) => (part instanceof Error ? errors.describe(part) : part)));
  }
}
