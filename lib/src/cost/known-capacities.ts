import { isDeepStrictEqual } from "node:util";
import { InputError } from "../errors.ts";
import type { PublishedThroughput } from "../facts/index.ts";
import type { Roofline } from "../serving/index.ts";
import type { Capacity, RateFigure } from "./capacity.ts";

/**
 * Makes a capacity of published runs on one machine: the rate of writing from one, that of reading from another.
 *
 * It belongs to no model, for a run of one model often stands in for another of its size. It is a limit where the number
 * of streams was left to the engine, which then takes as many as it can. A latency is that of the median, if published.
 *
 * @throws InputError that names the run or the rate that is missing, or says that the machines differ.
 */
export function publishedCapacity(runs: {
  writing: PublishedThroughput | undefined;
  reading: PublishedThroughput | undefined;
}): Capacity {
  const writing = requireRate(runs.writing, "outputTokensPerSecond", "writing");
  const reading = requireRate(runs.reading, "inputTokensPerSecond", "reading");
  const { gpu, gpuCount, streams, published } = writing.run;
  if (reading.run.gpu !== gpu || reading.run.gpuCount !== gpuCount) {
    throw new InputError(
      `publishedCapacity: the rate of writing is of ${gpuCount} × ${gpu}, and the rate of reading of ${reading.run.gpuCount} × ${reading.run.gpu}.`,
      { remedy: "Give two runs of the same cards." },
    );
  }
  const isOneRun = isDeepStrictEqual(reading.run, writing.run);
  const days = [...new Set([published, reading.run.published])].toSorted();
  return {
    prefillTokensPerSecond: reading.rate,
    decodeTokensPerSecond: writing.rate,
    atLatency: medianLatency(writing.run),
    isLimit: streams === null,
    streams,
    kind: "published",
    source: isOneRun
      ? nameRun(writing.run)
      : `writing: ${nameRun(writing.run)}, ${published}; reading: ${nameRun(reading.run)}, ${reading.run.published}`,
    sources: [...new Set([...writing.run.sources, ...reading.run.sources])],
    date: days.join(" and "),
    ...(isOneRun ? {} : { rateFigures: listFigures(writing.run, reading.run) }),
    gpu,
    gpuCount,
    note: `Writing: ${sayRun(writing.run)}. Reading: ${isOneRun ? "the same run" : sayRun(reading.run)}.`,
  };
}

function listFigures(
  writing: PublishedThroughput,
  reading: PublishedThroughput,
): NonNullable<Capacity["rateFigures"]> {
  const figure = (run: PublishedThroughput, tokensPerSecond: number | null): RateFigure[] =>
    tokensPerSecond === null
      ? []
      : [{ tokensPerSecond, kind: "published", source: nameRun(run), date: run.published }];
  const runs = [reading, writing];
  return {
    reading: runs.flatMap((run) => figure(run, run.inputTokensPerSecond)),
    // What a given number of streams writes is not the most that the machine can write.
    writing: runs
      .toReversed()
      .filter((run) => run === writing || run.streams === null)
      .flatMap((run) => figure(run, run.outputTokensPerSecond)),
  };
}

function requireRate(
  run: PublishedThroughput | undefined,
  field: "inputTokensPerSecond" | "outputTokensPerSecond",
  what: string,
): { run: PublishedThroughput; rate: number } {
  const rate = run?.[field] ?? null;
  if (run !== undefined && rate !== null) return { run, rate };
  const problem = run === undefined ? "there is no run" : `${nameRun(run)} has no ${field}`;
  throw new InputError(`publishedCapacity: ${problem} to take the rate of ${what} from.`, {
    remedy: "Choose another run: loadPublishedThroughput() has them all.",
  });
}

function medianLatency(run: PublishedThroughput): Capacity["atLatency"] {
  const { timeToFirstTokenP50Ms: timeToFirstTokenMs, timePerOutputTokenP50Ms: timePerOutputTokenMs } = run;
  if (timeToFirstTokenMs === null && timePerOutputTokenMs === null) return null;
  return { timeToFirstTokenMs, timePerOutputTokenMs, percentile: 50 };
}

function nameRun({ model, engine, engineVersion }: PublishedThroughput): string {
  return `${model} on ${[engine, engineVersion].filter((part) => part !== null).join(" ")}`;
}

function sayRun(run: PublishedThroughput): string {
  return `${nameRun(run)}, ${run.workload} (${run.sources.join(" ")})`;
}

/** Makes a capacity of a computed ceiling; where the card's arithmetic is not known, reading is endless. */
export function rooflineCapacity(ceiling: Roofline): Capacity {
  const { points, prefillTokensPerSecond, source, date, model, gpu, gpuCount, assumptions } = ceiling;
  return {
    prefillTokensPerSecond: prefillTokensPerSecond ?? Number.POSITIVE_INFINITY,
    decodeTokensPerSecond: Math.max(...points.map(({ outputTokensPerSecond }) => outputTokensPerSecond)),
    atLatency: null,
    isLimit: true,
    kind: "computed",
    source,
    date,
    model,
    gpu,
    gpuCount,
    note: assumptions,
  };
}
