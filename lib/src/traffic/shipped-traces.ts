/** What is known of a trace that comes with the workbook; its requests are in `data/traces/<name>.csv`. */
export interface ShippedTrace {
  startSecondOfWeek: number;
  source: string;
  licence: string;
  date: string | null;
  notes: readonly string[];
}

const day = 86_400;
const thursday = 3 * day;
const azure = {
  source: "https://github.com/Azure/AzurePublicDataset, Splitwise (Patel et al., ISCA 2024)",
  licence: "CC-BY-4.0",
  date: "2023-11-16",
};
const oneHour = "It covers about one hour, so it shows neither day and night nor a weekend.";

/** The traces that come with the workbook, each about one hour of a real service; attribution in `data/traces/README.md`. */
export const shippedTraces = {
  "azure-2023-code": {
    ...azure,
    startSecondOfWeek: thursday + 18 * 3_600 + 17 * 60 + 3,
    notes: [oneHour, "The arrivals come in bursts: the busiest minute has four times the mean."],
  },
  "azure-2023-conversation": {
    ...azure,
    startSecondOfWeek: thursday + 18 * 3_600 + 15 * 60 + 46,
    notes: [oneHour],
  },
  "mooncake-conversation": {
    source: "https://github.com/kvcache-ai/Mooncake, FAST25-release/traces (Qin et al., FAST 2025)",
    licence: "Apache-2.0",
    // The year of the paper: nobody says on which day it was recorded.
    date: "2025",
    startSecondOfWeek: 0,
    notes: [
      oneHour,
      "Its times are in steps of about three seconds, so waits below ten seconds are an artefact.",
      "Its cached input tokens (37 % of the input) are an upper bound: computed from what its prompts begin with alike, with a prefix cache that holds everything and never forgets.",
    ],
  },
} satisfies Record<string, ShippedTrace>;

/** The name of a trace that comes with the workbook. */
export type TraceName = keyof typeof shippedTraces;

/** Tells whether a name is that of a trace that comes with the workbook. */
export function isTraceName(name: string): name is TraceName {
  return Object.hasOwn(shippedTraces, name);
}
