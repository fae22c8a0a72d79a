import { loadModels, type Model } from "./models.ts";
import type { Price } from "./prices.ts";
import { isRouter } from "./providers.ts";

/** Something about prices that looks wrong, in one sentence, and which rows it concerns. */
export interface PriceWarning {
  rule: "output-cheaper" | "larger-cheaper" | "far-from-median" | "sources-disagree" | "copied-row";
  problem: string;
  prices: readonly Price[];
}

/** Looks among prices that hold at the same time for the mistakes that price lists are known to have. */
export function checkPrices(
  prices: readonly Price[],
  models: readonly Model[] = loadModels(),
): PriceWarning[] {
  const tokens = prices.filter((price) => price.model !== null);
  return [
    ...findCheapOutput(tokens),
    ...findSizeMistakes(tokens, models),
    ...findOutliers(tokens),
    ...findDisagreements(prices),
  ];
}

function findCheapOutput(prices: readonly Price[]): PriceWarning[] {
  return [...Map.groupBy(prices, productOf).values()].flatMap((group) => {
    const input = group.find(({ kind }) => kind === "input_tokens");
    const output = group.find(
      ({ kind, observed }) => kind === "output_tokens" && observed === input?.observed,
    );
    if (input === undefined || output === undefined || output.value >= input.value) return [];
    const problem = `${nameOf(input)}: output (${output.value}) is cheaper than input (${input.value}); perhaps swapped.`;
    return [{ rule: "output-cheaper", problem, prices: [input, output] }] satisfies PriceWarning[];
  });
}

/** Below this a model is no smaller one that is worth a warning: 70B and 72B cost what the provider likes. */
const clearlyLarger = 2;

function findSizeMistakes(prices: readonly Price[], models: readonly Model[]): PriceWarning[] {
  // A mixture of experts is priced by what works on a token, so its size says little.
  const dense = models.filter((model) => model.activeParametersBillion === null);
  const sized = prices.flatMap((price) => {
    const size = dense.find(({ id }) => id === price.model)?.parametersBillion;
    return size === undefined || price.kind !== "input_tokens" ? [] : [{ price, size }];
  });
  return [...Map.groupBy(sized, ({ price }) => price.provider).values()].flatMap((group) =>
    group.flatMap((larger) =>
      group.flatMap((smaller): PriceWarning[] => {
        if (larger.size < smaller.size * clearlyLarger || larger.price.value > smaller.price.value) return [];
        const same = larger.price.value === smaller.price.value;
        const relation = same ? "costs the same as" : "is cheaper than";
        const problem =
          `${nameOf(larger.price)} at ${larger.price.value} ${relation} the smaller ` +
          `${smaller.price.product} at ${smaller.price.value}.`;
        const rule = same ? "copied-row" : "larger-cheaper";
        return [{ rule, problem, prices: [larger.price, smaller.price] }];
      }),
    ),
  );
}

const mostTimesFromMedian = 5;

function findOutliers(prices: readonly Price[]): PriceWarning[] {
  return [...Map.groupBy(prices, (price) => `${price.model}|${price.kind}`).values()].flatMap((group) => {
    const ofHosts = group.filter(({ provider }) => !isRouter(provider)).map(({ value }) => value);
    // Two prices have no middle that says which of them is wrong.
    if (ofHosts.length < 3) return [];
    const middle = median(ofHosts.toSorted((one, other) => one - other));
    return group.flatMap((price): PriceWarning[] => {
      const times = Math.max(price.value / middle, middle / price.value);
      if (times <= mostTimesFromMedian) return [];
      const problem = `${nameOf(price)}: ${price.kind} at ${price.value} is ${times.toFixed(1)} times from the middle (${middle}).`;
      return [{ rule: "far-from-median", problem, prices: [price] }];
    });
  });
}

const mostRelativeDifference = 0.05;

function findDisagreements(prices: readonly Price[]): PriceWarning[] {
  const key = (price: Price) => `${productOf(price)}|${price.kind}`;
  return [...Map.groupBy(prices, key).values()].flatMap((group): PriceWarning[] => {
    const values = group.map((price) => price.value);
    const [lowest, highest] = [Math.min(...values), Math.max(...values)];
    const [first] = group;
    if (first === undefined || highest <= lowest * (1 + mostRelativeDifference)) return [];
    const said = group.map((price) => `${price.value} (${price.observed})`).join(", ");
    const problem = `${nameOf(first)}: sources disagree on ${first.kind}: ${said}.`;
    return [{ rule: "sources-disagree", problem, prices: group }];
  });
}

function productOf(price: Price): string {
  return [price.provider, price.model ?? price.gpu, price.product].join("|");
}

function nameOf(price: Price): string {
  return `${price.provider}, ${price.product}`;
}

/** Returns the middle of sorted numbers; `NaN` for none. */
function median(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? upper) + upper) / 2 : upper;
}
