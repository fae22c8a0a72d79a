interface NumberLimits {
  isWhole: boolean;
  minimum: number | undefined;
  maximum: number | undefined;
  isAbove: boolean;
  isBelow: boolean;
  step: number | undefined;
}

const mostValues = 32;

/** Lists numbers within limits, all or a few of them; a grammar knows no limits. An empty list: there is none. */
export function listNumbers(limits: NumberLimits): number[] {
  const { isWhole, minimum, maximum, isAbove, isBelow } = limits;
  const step = limits.step ?? (isWhole ? 1 : 0);
  const lowest = minimum ?? (maximum === undefined || maximum >= 0 ? 0 : maximum - 100);
  const highest = maximum ?? Math.max(lowest, 0) + 100;
  const from = step > 0 ? Math.ceil(lowest / step) * step : lowest;
  const spread = (highest - from) / (mostValues - 1);
  const pace = step > 0 ? Math.max(step, Math.ceil(spread / step) * step) : spread;
  const values = Array.from({ length: mostValues }, (_, index) =>
    Number((from + index * pace).toPrecision(12)),
  );
  const fits = (value: number) =>
    (isAbove ? value > lowest : value >= lowest) && (isBelow ? value < highest : value <= highest);
  const fitting = [...new Set(values)].filter(fits);
  return fitting.length > 0 || step > 0 ? fitting : [(lowest + highest) / 2].filter(fits);
}
