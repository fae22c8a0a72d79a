import { averageApiPrices } from "../cost/index.ts";
import { type PriceBook, providerName, type TokenOffer, tokenOffers } from "../facts/index.ts";
import { exactBand } from "../serving/index.ts";
import type { Load } from "../traffic/index.ts";
import { shortName } from "../words/index.ts";
import type { Decision, Form, Way } from "./decide-types.ts";
import { listApiRisks } from "./list-risks.ts";

interface ApiOptions {
  model: string;
  book: PriceBook;
  date: string;
  load: Load;
  forms: readonly Form[];
  deadlineHours: number;
}

/** Lists every provider's price of a model on a day as ways of serving a load, live and as a batch. */
export function listApiWays(options: ApiOptions): Way[] {
  const { model, book, date, load, forms } = options;
  return tokenOffers(book, { model, date }).flatMap((offer) => {
    const live = averageApiPrices({ ...offer, ...load, batchShare: 0, batchDiscount: 0 });
    const { batchInputUsdPerMillion: input, batchOutputUsdPerMillion: output } = offer;
    const batch =
      input === null || output === null ? null : { inputUsdPerMillion: input, outputUsdPerMillion: output };
    return [
      ...(forms.includes("by token") ? [makeWay(offer, live, { ...options, form: "by token" })] : []),
      ...(batch !== null && forms.includes("batch by token")
        ? [makeWay(offer, batch, { ...options, form: "batch by token" })]
        : []),
    ];
  });
}

/** Names the providers that the book knows with prices of a model, none of which make an offer that holds on the day. */
export function listUnoffered({
  model,
  book,
  date,
}: Pick<ApiOptions, "model" | "book" | "date">): Decision["leftOut"] {
  const offering = new Set(tokenOffers(book, { model, date }).map(({ provider }) => provider));
  const known = book.prices.filter((price) => price.model?.toLowerCase() === model.toLowerCase());
  const names = [...new Set(known.map(({ provider }) => provider))].filter((name) => !offering.has(name));
  if (known.length === 0) return [{ what: model, why: "The price book has no provider's price for it." }];
  if (names.length === 0) return [];
  const what = `${shortName(model)} at ${names.map(providerName).join(", ")}`;
  return [{ what, why: `For ${date} the price book has no price of both input and output.` }];
}

function makeWay(
  offer: TokenOffer,
  prices: { inputUsdPerMillion: number; outputUsdPerMillion: number },
  { load, model, form, date, deadlineHours }: ApiOptions & { form: Form },
): Way {
  const { inputTokens, outputTokens, requestsPerMonth } = load;
  const { provider, product, observed, sources, status, isRouter } = offer;
  const usdPerMillion =
    (inputTokens * prices.inputUsdPerMillion + outputTokens * prices.outputUsdPerMillion) /
    (inputTokens + outputTokens);
  const usdPerMonth = (usdPerMillion * (inputTokens + outputTokens) * requestsPerMonth) / 1e6;
  const isBatch = form === "batch by token";
  const place = `${providerName(provider)}${isBatch ? ", batch" : ""}`;
  return {
    serves: "api",
    model,
    checkpoint: null,
    provider,
    offer,
    gpu: null,
    gpuCount: null,
    machine: null,
    precision: null,
    form,
    label: `${shortName(model)} at ${place}`,
    place,
    usdPerMonth: exactBand(usdPerMonth),
    usdPerMillionTokens: exactBand(usdPerMillion),
    machines: null,
    usdPerHour: null,
    gpuUsdPerHour: null,
    gpuUsdPerMonth: null,
    busy: null,
    p95: { timeToFirstTokenMs: null, timePerOutputTokenMs: null },
    keepsTarget: "yes",
    waitsHours: isBatch ? deadlineHours : null,
    evidence: null,
    cachedInputShare: load.cachedInputShare,
    prefixCache: null,
    basis: `the price list of ${providerName(provider)} (${product}).`,
    priceStatus: status,
    isRouter,
    risks: listApiRisks(offer, date),
    sources,
    observed,
  };
}
