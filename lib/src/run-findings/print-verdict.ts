import { type OfferVerdict, stateRange } from "../cost/index.ts";
import { type Price, providerName } from "../facts/index.ts";
import { writeFindings } from "./findings-file.ts";

/**
 * Prints from the cheapest provider to the dearest whether a machine pays, and what that rests on; `npm start` tells it in
 * its summary.
 *
 * `machine` names what is served on what; `prices` are the machine's by what they are of, such as `A40`; `today` is the
 * reader's day, from which the age of all prices is counted.
 */
export function printVerdict(
  verdicts: readonly (OfferVerdict & { offer: Sourced })[],
  options: { machine: string; prices: Readonly<Record<string, MachinePrice>>; today: string },
): void {
  const [first, ...others] = verdicts;
  if (first === undefined) {
    console.log("No provider has a price to compare with.");
    return;
  }
  const said = stateRange([first, ...others], options);
  const paragraphs = [said.sentence, said.weakness, said.assumed];
  console.log(paragraphs.filter((text) => text !== "").join("\n\n"));
  const ofMachine = Object.entries(options.prices).map(([name, price]) => {
    return sourced(`${name}: $${price.value} ${price.unit.replace("usd_per_", "per ")}`, price);
  });
  const ofOffers = verdicts.map(({ offer }) => {
    const { provider, inputUsdPerMillion, outputUsdPerMillion } = offer;
    return sourced(
      `${providerName(provider)}: $${inputUsdPerMillion.toFixed(2)} in, $${outputUsdPerMillion.toFixed(2)} out`,
      offer,
    );
  });
  writeFindings({ verdict: { ...said, prices: [...ofMachine, ...ofOffers] } });
}

type Sourced = Pick<Price, "observed" | "sources">;

type MachinePrice = Sourced & Pick<Price, "value" | "unit">;

function sourced(name: string, { observed, sources }: Sourced) {
  return { name, observed, source: sources[0] ?? "" };
}
