/** Twice the length may cost this many times the work. */
export const mostGrowth = 2.5;

const shortest = 100;
/** Longer than any bound of a repeat. */
const longest = 1_600;
/** Where a count is given up: the growth until then tells enough. */
const mostWork = 1_000_000;

/**
 * Returns how much more work twice the length is. A bounded repeat looks quadratic until its bound is reached, and a
 * linear part can hide a quadratic one in short texts: so the length is doubled until the growth is clearly linear.
 */
export function measureGrowth(countWork: (length: number, most: number) => number): number {
  let before = countWork(shortest, mostWork);
  if (before > mostWork) return before;
  let growth = 0;
  for (let length = 2 * shortest; length <= longest; length *= 2) {
    const work = countWork(length, mostWork);
    if (work > mostWork && growth > 0) break;
    growth = work / before;
    if (growth <= 2.05) break;
    before = work;
  }
  return growth;
}
