/** What follows a sum that a rehearsal's stand-in made up; nothing after any other. */
export function sayIfSimulated(isSimulated: boolean): string {
  return isSimulated ? " (simulated)" : "";
}
