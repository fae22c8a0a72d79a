import { type PayingInput, statePaying } from "../cost/index.ts";
import { type Price, providerName, type TokenOffer } from "../facts/index.ts";
import { seen, writeFindings } from "./findings-file.ts";

type Sourced<Input> = Input & Pick<Price, "sources">;

/**
 * Prints whether a machine pays against the cheapest and the dearest of some offers, and what that rests on; `npm start` tells
 * it in its summary.
 */
export function printVerdict(
  input: Omit<PayingInput, "card" | "offers"> & {
    card: Sourced<PayingInput["card"]>;
    offers: readonly Sourced<PayingInput["offers"][number]>[];
  },
): void {
  const { card, offers } = input;
  const { sentence, rests, against } = statePaying(input);
  console.log([sentence, ...rests].join("\n\n"));
  const shown = offers.filter(({ provider }) => against.some((one) => one.provider === provider));
  const prices = [
    seen(`${providerName(card.provider)}, a card: $${card.value} an hour`, card),
    ...shown.map((offer) => seen(sayOffer(offer), offer)),
  ];
  writeFindings({ verdict: { sentence, rests: [...rests], prices } });
}

function sayOffer(
  offer: Pick<TokenOffer, "provider" | "inputUsdPerMillion" | "outputUsdPerMillion">,
): string {
  const { provider, inputUsdPerMillion, outputUsdPerMillion } = offer;
  return `${providerName(provider)}: $${inputUsdPerMillion.toFixed(2)} in, $${outputUsdPerMillion.toFixed(2)} out`;
}
