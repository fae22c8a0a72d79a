/** A share of counted cases, with the ends of its interval; all from 0 to 1. */
export interface CountedShare {
  share: number;
  low: number;
  high: number;
}

/** Of the normal distribution: 95 of 100 values lie within so many standard deviations. */
const deviations = 1.959964;

/**
 * Computes the share of the cases that came out right, with its Wilson interval of 95 %; no case gives 0 to 1.
 *
 * The interval stays within 0 and 1, and is honest for few cases: 4 of 4 give 0.51 to 1. Source: Wilson (1927),
 * https://doi.org/10.1080/01621459.1927.10502953
 */
export function wilsonInterval(right: number, cases: number): CountedShare {
  if (cases === 0) return { share: 0, low: 0, high: 1 };
  const share = right / cases;
  const square = deviations ** 2 / cases;
  const centre = share + square / 2;
  const spread = deviations * Math.sqrt((share * (1 - share)) / cases + square / (4 * cases));
  return {
    share,
    // With none or all of them right, the end is exact, and rounding must not move it.
    low: right === 0 ? 0 : (centre - spread) / (1 + square),
    high: right === cases ? 1 : (centre + spread) / (1 + square),
  };
}

/** The fewest cases, all of them right, with which the interval lies at or above a share; endless for 1. */
export function fewestForShare(share: number): number {
  return Math.ceil((deviations ** 2 * share) / (1 - share));
}
