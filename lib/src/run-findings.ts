import { readFileSync } from "node:fs";
import { z } from "zod";
import { type OfferVerdict, stateRange } from "./cost/index.ts";
import { type Price, providerName } from "./facts/index.ts";
import { writeStateFile } from "./files/index.ts";

/** The environment variable that names the file for a notebook's findings; `npm start` sets it. */
const findingsVariable = "WORKBOOK_FINDINGS";

const runFindings = z.object({
  verdict: z
    .object({
      sentence: z.string(),
      weakness: z.string(),
      assumed: z.string(),
      /** The prices behind it: what each is of, the day on which it was seen, and who says so. */
      prices: z.array(z.object({ name: z.string(), observed: z.string(), source: z.string() })),
    })
    .nullable(),
});

/** What a notebook has found out that the summary of its run tells. */
export type RunFindings = z.output<typeof runFindings>;

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
  const file = process.env[findingsVariable];
  if (file === undefined || file === "") return;
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
  const prices = [...ofMachine, ...ofOffers];
  writeStateFile(file, JSON.stringify({ verdict: { ...said, prices } } satisfies RunFindings));
}

type Sourced = Pick<Price, "observed" | "sources">;

type MachinePrice = Sourced & Pick<Price, "value" | "unit">;

function sourced(name: string, { observed, sources }: Sourced) {
  return { name, observed, source: sources[0] ?? "" };
}

/** Reads what a notebook has found out; a file that is not there, or is none, holds nothing. */
export function readRunFindings(file: string): RunFindings {
  try {
    return runFindings.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return { verdict: null };
  }
}
