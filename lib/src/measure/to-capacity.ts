import type { Capacity } from "../cost/index.ts";
import { InputError } from "../errors.ts";
import { countRequests, countStreams, type Level, type Measurement } from "./measurement.ts";
import { hitShareOf, readWarm } from "./warm-reading.ts";

// With fewer than this, one slow answer changes the rate.
const fewRequests = 8;

/** A level with the rates that a capacity is made of; of the input what the server read, not what its cache held. */
type RatedLevel = { level: Level; input: number; output: number };

/**
 * Computes from a measurement what the cost model takes: how fast the machine reads with nothing to write, and the reverse.
 *
 * One mix gives one equation, input ÷ prefill + output ÷ decode = 1, for two unknowns. A second measurement of the same
 * endpoint with another mix, such as long prompts and answers of one token, gives the other: `readingFrom`. Without it
 * the reading is estimated from a lone request's time to first token, which is rather too low than too high; either
 * way the capacity gives the measured rate at the measured mix.
 *
 * Prompt tokens that came from a prefix cache were not read and do not count; what the cache does stands in `warm`, of `chats`,
 * a measurement of conversations on the same endpoint, or of the measurement itself where it is one.
 *
 * It uses the level of `streams`, else that of the knee, else the fastest. From the knee on `isLimit` is true; before it
 * more streams might give more. A rehearsal's capacity is `simulated`.
 *
 * @throws InputError where the measurement has no such valid level with token counts, or is of reading alone.
 */
export function toCapacity(
  measurement: Measurement,
  options: { streams?: number; readingFrom?: Measurement; chats?: Measurement } = {},
): Capacity {
  const { readingFrom, chats = measurement } = options;
  const warm = readWarm(chats);
  const chosen = chooseLevel(measurement, options.streams);
  const second = readingFrom === undefined ? null : findFastest(ratedLevels(readingFrom));
  const solved = second === null ? null : solve(chosen, second);
  const prefill = solved?.prefill ?? estimateReading(measurement, chosen);
  const decode = solved?.decode ?? chosen.output / (1 - chosen.input / prefill);
  const { level } = chosen;
  const { completed } = level.requests;
  const { gpu, knee } = measurement;
  const isRehearsal = measurement.origin === "rehearsal" || measurement.kind === "simulated";
  const decodeRange = rangeOf(level, "outputTokensPerSecond", decode / chosen.output);
  const prefillRange = rangeOf(
    level,
    "inputTokensPerSecond",
    prefill / (level.inputTokensPerSecond ?? chosen.input),
  );
  return {
    prefillTokensPerSecond: prefill,
    decodeTokensPerSecond: decode,
    atLatency: {
      timeToFirstTokenMs: level.timeToFirstTokenMs.p95,
      timePerOutputTokenMs: level.timePerOutputTokenMs.p95,
      percentile: 95,
    },
    streams: level.streams,
    isLimit: knee !== null && level.streams >= knee.streams,
    kind: isRehearsal ? "simulated" : "measured",
    source: `${measurement.server}, ${countStreams(level.streams)}`,
    date: measurement.startedAt.slice(0, 10),
    model: isRehearsal ? null : measurement.model,
    gpu: gpu?.name ?? null,
    gpuCount: gpu?.count ?? null,
    ...(decodeRange === null ? {} : { decodeRange }),
    ...(prefillRange === null ? {} : { prefillRange }),
    ...(warm === null ? {} : { warm }),
    note:
      (isRehearsal ? "Measured on this machine in a rehearsal: it says nothing about a GPU. " : "") +
      (completed < fewRequests ? `It rests on ${countRequests(completed)} only. ` : "") +
      (solved === null
        ? "The rate of reading is an estimate from a lone request's time to first token."
        : "Reading and writing were told apart by two measurements with different mixes.") +
      (hitShareOf(level) === null
        ? " How much of the prompts came from a cache is not known: the rate of reading counts them as read."
        : ""),
  };
}

/**
 * Computes a capacity for each valid level. Of several measurements those of reading alone give none: they tell reading
 * and writing apart in the others of the same model, server and GPU. Those of conversations say what the prefix cache of these
 * does, and give a capacity themselves where there are no others.
 */
export function toCapacities(
  measurements: Measurement | readonly Measurement[],
  options: { readingFrom?: Measurement } = {},
): Capacity[] {
  const list = "levels" in measurements ? [measurements] : measurements;
  return list.flatMap((measurement) => {
    const ofMachine = list.filter((other) => areOfOneMachine(other, measurement));
    const readingFrom = options.readingFrom ?? ofMachine.find(isOfReading);
    const chats = ofMachine.find((other) => readWarm(other) !== null);
    if (isOfChats(measurement) && ofMachine.some((other) => !isOfChats(other) && !isOfReading(other)))
      return [];
    return ratedLevels(measurement)
      .filter((one) => !isReadingAlone(one))
      .map(({ level: { streams } }) =>
        toCapacity(measurement, {
          streams,
          ...(readingFrom === undefined ? {} : { readingFrom }),
          ...(chats === undefined ? {} : { chats }),
        }),
      );
  });
}

function areOfOneMachine(one: Measurement, other: Measurement): boolean {
  const machineOf = ({ model, server, origin, gpu }: Measurement) =>
    JSON.stringify([model, server, origin, gpu?.name, gpu?.count]);
  return machineOf(one) === machineOf(other);
}

function isOfChats({ levels }: Measurement): boolean {
  return levels.some(({ conversations }) => conversations !== null);
}

function isOfReading(measurement: Measurement): boolean {
  const levels = ratedLevels(measurement);
  return levels.length > 0 && levels.every(isReadingAlone);
}

/** An answer of one token ends as soon as the prompt is read: it says nothing about writing. */
function isReadingAlone({ level }: RatedLevel): boolean {
  const { mean } = level.outputTokensPerRequest;
  return mean !== null && mean < 2;
}

function ratedLevels(measurement: Measurement): RatedLevel[] {
  return measurement.levels.flatMap((level) => {
    const { verdict, inputTokensPerSecond: sent, outputTokensPerSecond: output } = level;
    const input = sent === null ? null : sent * (1 - (hitShareOf(level) ?? 0));
    return verdict === "valid" && input !== null && output !== null && input > 0 && output > 0
      ? [{ level, input, output }]
      : [];
  });
}

function chooseLevel(measurement: Measurement, streams: number | undefined): RatedLevel {
  const levels = ratedLevels(measurement).filter((one) => !isReadingAlone(one));
  const atKnee = levels.find(({ level }) => level.streams === measurement.knee?.streams);
  const chosen =
    streams === undefined
      ? (atKnee ?? findFastest(levels))
      : (levels.find(({ level }) => level.streams === streams) ?? null);
  if (chosen !== null) return chosen;
  const others = levels.map(({ level }) => level.streams).join(", ");
  const has = `It has valid levels of ${others} streams.`;
  const which = streams === undefined ? "valid level" : `valid level of ${countStreams(streams)}`;
  throw new InputError(
    `The measurement of ${measurement.startedAt} has no ${which} with token counts and answers of more than one token, so no capacity can be made of it.`,
    { remedy: others === "" ? "Measure again: its levels say what went wrong." : has },
  );
}

function findFastest(levels: readonly RatedLevel[]): RatedLevel | null {
  return levels.reduce<RatedLevel | null>(
    (best, one) => (best === null || one.input + one.output > best.input + best.output ? one : best),
    null,
  );
}

// Mixes closer than this say the same thing twice, and their small errors would decide.
const leastMixRatio = 2;

/** Both rates from two mixes; `null` where the mixes are too alike or contradict each other. */
function solve(one: RatedLevel, other: RatedLevel): { prefill: number; decode: number } | null {
  const mixRatio = other.input / other.output / (one.input / one.output);
  if (mixRatio < leastMixRatio && mixRatio > 1 / leastMixRatio) return null;
  const determinant = one.input * other.output - other.input * one.output;
  const secondsPerInput = (other.output - one.output) / determinant;
  const secondsPerOutput = (one.input - other.input) / determinant;
  if (!(secondsPerInput > 0 && secondsPerOutput > 0)) return null;
  return { prefill: 1 / secondsPerInput, decode: 1 / secondsPerOutput };
}

// A lone short prompt is read slowly: most of its time is fixed cost. So reading never counts for more than this part of
// the time of a load, in which prompts are read together.
const mostReadingShare = 0.5;

function estimateReading(measurement: Measurement, chosen: RatedLevel): number {
  const [first] = ratedLevels(measurement).toSorted((one, other) => one.level.streams - other.level.streams);
  const sent = first?.level.inputTokensPerRequest.mean ?? null;
  const tokens = first === undefined || sent === null ? null : sent * (1 - (hitShareOf(first.level) ?? 0));
  const ms = first?.level.timeToFirstTokenMs.p50 ?? null;
  const leastRate = chosen.input / mostReadingShare;
  return tokens === null || ms === null || ms === 0 ? leastRate : Math.max(leastRate, (tokens / ms) * 1_000);
}

/** The lowest and highest rate of several repeats, scaled as the rate of the level was. */
function rangeOf(
  { repeats }: Level,
  rate: "inputTokensPerSecond" | "outputTokensPerSecond",
  factor: number,
): [lowest: number, highest: number] | null {
  const known = repeats.flatMap((repeat) => (repeat[rate] === null ? [] : [repeat[rate] * factor]));
  return known.length < 2 ? null : [Math.min(...known), Math.max(...known)];
}
