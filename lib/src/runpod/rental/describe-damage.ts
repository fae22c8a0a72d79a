import type { JournalState } from "../journal/journal-state.ts";
import type { RunPodContext } from "./context.ts";
import type { RentalKind, Rented } from "./rental-kind.ts";

const mostLinesNamed = 10;

/**
 * Says which lines of the journal cannot be read, and what that switches off; empty where it is whole.
 *
 * Of endpoints it speaks only where one is concerned: a command that asks for pods too must not say it twice.
 */
export function describeDamage<Found extends Rented>(
  { journal: { path } }: Pick<RunPodContext, "journal">,
  kind: RentalKind<Found>,
  state: JournalState,
): string {
  const { unreadableLines } = state;
  const inDoubt = kind.recordsOf(state).filter(({ isDoubtful, isEnded }) => isDoubtful && !isEnded);
  if (unreadableLines.length === 0 || (kind.words.noun === "endpoint" && inDoubt.length === 0)) return "";
  const named = unreadableLines.slice(0, mostLinesNamed).join(", ");
  const more = unreadableLines.length > mostLinesNamed ? " and others" : "";
  const stems = inDoubt.map(({ stem }) => stem).join(", ");
  const [lines, them] = unreadableLines.length === 1 ? ["Line", "it"] : ["Lines", "them"];
  return (
    `${lines} ${named}${more} of ${path} cannot be read. ` +
    (inDoubt.length === 0
      ? `No rental of the journal depends on ${them}. `
      : `So the journal does not say whether ${stems} became ready. What answers and has worked is kept until its deadline; anything else is ended when no process waits for it. `) +
    `When nothing of this workbook runs any more, take ${them} out of that file.`
  );
}
