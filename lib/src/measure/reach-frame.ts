import type { DataFrame } from "nodejs-polars";
import type { PublishedThroughput } from "../facts/index.ts";
import { type FrameColumns, makeFrame } from "../frame.ts";
import {
  type Band,
  type FewestStreams,
  type ForecastInput,
  fewestStreams,
  forecast,
  mostOutput,
  roofline,
  streamsNeeded,
} from "../serving/index.ts";
import type { FigureKind } from "../show/index.ts";
import { sayRange, shortName } from "../words/index.ts";
import type { Measurement } from "./measurement.ts";

type ForecastMachine = Omit<ForecastInput, "streams" | "requestsPerSecond">;

/** Evidence for what a machine writes, and the rate that it is asked for. */
export interface ReachInput {
  /** All streams together. */
  outputTokensPerSecond: number;
  measurements?: readonly Measurement[];
  /** Those of the same cards, engine and weights become one row. */
  published?: readonly PublishedThroughput[];
  /** Machines with the lengths of their requests. */
  forecasts?: readonly ForecastMachine[];
  ceiling?: Parameters<typeof streamsNeeded>[0];
}

/** What one piece of evidence says; rates and waits are in words, with their band. */
type ReachRow = {
  evidence: "measured" | "published run" | "forecast" | "ceiling";
  kind: FigureKind;
  machine: string;
  /** From how many streams on it writes as much as is asked for. */
  streams: string;
  /** How long these streams wait for their first token. */
  firstToken: string;
  /** Output tokens per second of a single stream. */
  alone: string;
  /** The most output tokens per second, with however many streams. */
  most: string;
  date: string;
  source: string;
};

const columns: FrameColumns<ReachRow> = {
  evidence: "text",
  kind: "text",
  machine: "text",
  streams: "text",
  firstToken: "text",
  alone: "text",
  most: "text",
  date: "text",
  source: "text",
};

/**
 * Returns as a frame from how many streams on machines write a number of tokens per second, and how long those wait: by
 * measurements, then published runs, then forecasts, then the ceiling.
 */
export function reachFrame(input: ReachInput): Promise<DataFrame> {
  const { outputTokensPerSecond: wanted, measurements = [], published = [], forecasts = [] } = input;
  const machineOf = ({ gpu, gpuCount, precision, engine, engineVersion }: PublishedThroughput) =>
    [`${gpuCount} × ${shortName(gpu)}`, precision, [engine, engineVersion].join(" ").trim()].join(", ");
  const rows: ReachRow[] = [
    ...measurements.map((measurement) => measuredRow(measurement, wanted)),
    ...[...Map.groupBy(published, machineOf)].map(([machine, runs]) => publishedRow(machine, runs, wanted)),
    ...forecasts.map((machine) => forecastRow(machine, wanted)),
    ...(input.ceiling === undefined ? [] : [ceilingRow(input.ceiling, wanted)]),
  ];
  return makeFrame(rows, columns);
}

/** Says from how many streams on a rate is reached: `6`, `5 to 10`, `from 5, or never`, `never`. */
export function sayFewestStreams({ low, high }: FewestStreams): string {
  if (low === null) return "never";
  if (high === null) return `from ${low}, or never`;
  return sayRange(String(low), String(high));
}

function measuredRow(measurement: Measurement, wanted: number): ReachRow {
  const { gpu, host, model, kind, startedAt, server } = measurement;
  const levels = measurement.levels
    .flatMap((level) => {
      const { outputTokensPerSecond: rate, verdict } = level;
      return rate === null || verdict !== "valid" ? [] : [{ ...level, rate }];
    })
    .toSorted((one, other) => one.streams - other.streams);
  const enough = levels.find(({ rate }) => rate >= wanted);
  const alone = levels.find(({ streams }) => streams === 1);
  const wait = enough?.timeToFirstTokenMs.p50 ?? null;
  return {
    evidence: "measured",
    kind,
    machine: `${gpu === null ? host : `${gpu.count} × ${shortName(gpu.name)}`}, ${model}`,
    streams: String(
      enough?.streams ?? (levels.length === 0 ? "not measured" : `more than ${levels.at(-1)?.streams}`),
    ),
    firstToken: wait === null ? "" : saySeconds(wait),
    alone: alone === undefined ? "" : sayRate(alone.rate),
    most: levels.length === 0 ? "" : sayRate(Math.max(...levels.map(({ rate }) => rate))),
    date: startedAt.slice(0, 10),
    source: server,
  };
}

function publishedRow(machine: string, runs: readonly PublishedThroughput[], wanted: number): ReachRow {
  const known = runs.flatMap((run) => {
    const { outputTokensPerSecond: rate } = run;
    return rate === null ? [] : [{ ...run, rate }];
  });
  const ratesOf = (isWanted: (streams: number | null) => boolean) =>
    known.flatMap(({ streams, rate }) => (isWanted(streams) ? [rate] : []));
  const enough = known.filter(({ rate }) => rate >= wanted);
  const fewest = enough
    .filter(({ streams }) => streams !== null)
    .toSorted((one, other) => (one.streams ?? 0) - (other.streams ?? 0))[0];
  const unknown = enough.length > 0 ? "reached, streams not stated" : "not shown";
  const wait = fewest?.timeToFirstTokenP50Ms ?? null;
  return {
    evidence: "published run",
    kind: "published",
    machine,
    streams: fewest === undefined ? unknown : `${fewest.streams} or fewer`,
    firstToken: wait === null ? "not stated" : saySeconds(wait),
    alone: sayRates(ratesOf((streams) => streams === 1)),
    most: sayRates(ratesOf((streams) => streams !== 1)),
    date: [...new Set(runs.map(({ published }) => published))].toSorted().at(-1) ?? "",
    source: [...new Set(runs.map(({ sources }) => sources[0]))].join(" "),
  };
}

function forecastRow(machine: ForecastMachine, wanted: number): ReachRow {
  const fewest = fewestStreams(machine, { outputTokensPerSecond: wanted });
  const at = (streams: number) => forecast({ ...machine, streams });
  const alone = at(1);
  const { typical, low } = fewest;
  const reached = typical ?? low;
  const wait = reached === null ? null : at(reached).timeToFirstTokenMs;
  return {
    evidence: "forecast",
    kind: alone.kind,
    machine: nameMachine(machine),
    streams: alone.outputTokensPerSecond === null ? unsayable : sayFewestStreams(fewest),
    firstToken: wait === null ? "" : `${toSeconds(wait.low)} to ${saySeconds(wait.high)}`,
    alone: sayBand(alone.outputTokensPerSecond),
    most: sayBand(mostOutput(machine)),
    date: alone.basis.to,
    source: alone.basis.text,
  };
}

function ceilingRow(machine: NonNullable<ReachInput["ceiling"]>, wanted: number): ReachRow {
  const { gpuCount, gpu, precision, points, date, source } = roofline(machine);
  const rates = points.map(({ outputTokensPerSecond }) => outputTokensPerSecond);
  const fewest = streamsNeeded(machine, { outputTokensPerSecond: wanted });
  return {
    evidence: "ceiling",
    kind: "computed",
    machine: `${gpuCount} × ${shortName(gpu)}, ${precision}`,
    streams: fewest === null ? "never" : `${fewest} at least`,
    firstToken: "",
    alone: rates[0] === undefined ? "" : `at most ${sayRate(rates[0])}`,
    most: `at most ${sayRate(Math.max(...rates))}`,
    date,
    source,
  };
}

/** Names a machine of a forecast, such as `4 × A40, 16-bit, peer-to-peer: no`. */
export function nameMachine({ gpu, gpuCount, precision, peerToPeer }: ForecastMachine): string {
  const words = { yes: "yes", no: "no", unknown: "not known", true: "yes", false: "no" } as const;
  const isLinked = gpuCount > 1 && peerToPeer !== undefined;
  const link = isLinked ? `, peer-to-peer: ${words[`${peerToPeer}`]}` : "";
  return `${gpuCount} × ${shortName(gpu)}, ${precision}${link}`;
}

const unsayable = "cannot be said";

function sayBand(band: Band | null): string {
  if (band === null) return unsayable;
  return `${sayRate(band.typical)} (${sayRate(band.low)} to ${sayRate(band.high)})`;
}

function sayRates(rates: readonly number[]): string {
  if (rates.length === 0) return "not stated";
  return sayRange(sayRate(Math.min(...rates)), sayRate(Math.max(...rates)));
}

function sayRate(rate: number): string {
  return rate.toLocaleString("en-US", { maximumFractionDigits: rate < 10 ? 1 : 0 });
}

function toSeconds(ms: number): string {
  return (ms / 1_000).toLocaleString("en-US", { maximumSignificantDigits: 2 });
}

function saySeconds(ms: number): string {
  return `${toSeconds(ms)} s`;
}
