/** Twice the length may cost this many times the work. */
export const mostGrowth = 2.5;

const shortest = 100;
const longest = 6_400;
/** What a linear search never needs at these lengths: a count above it is given up. */
const mostWork = 1_000_000;

/**
 * Returns how much more work twice the length is. A bounded repeat looks quadratic until its bound is reached, and a
 * linear part can hide a quadratic one in short texts: so the length is doubled until the growth is clearly linear.
 */
export function measureGrowth(countWork: (length: number, most: number) => number): number {
  let before = countWork(shortest, mostWork);
  let growth = 0;
  for (let length = 2 * shortest; length <= longest; length *= 2) {
    const work = countWork(length, mostWork);
    growth = work / before;
    if (growth <= 2.05 || growth === Number.POSITIVE_INFINITY) break;
    before = work;
  }
  return growth;
}
