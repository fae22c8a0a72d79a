import { accessSync, constants } from "node:fs";
import { validateHeaderName, validateHeaderValue } from "node:http";
import { dirname } from "node:path";
import { z } from "zod";
import type { Endpoint } from "../endpoint/index.ts";
import { InputError } from "../errors.ts";
import { peerToPeer } from "../facts/index.ts";
import { checkConversations } from "./check-conversations.ts";
import type { Level } from "./measurement.ts";
import type { RequestRecord } from "./request-record.ts";
import { latencySchema } from "./target-search.ts";
import { mostConnections } from "./transport/load-transport.ts";

/** How far a measurement is. */
export interface MeasurementProgress {
  type: "start" | "warm-up" | "load" | "level" | "end";
  /** One line for people. */
  text: string;
  streams: number | null;
  /** Number of the level, counted from 1; 0 before the first. */
  level: number;
  levels: number;
  inFlight: number;
  completed: number;
  /** Requests of this level and repeat; `null` where only time limits them. */
  planned: number | null;
  /** Since the load began, as far as counts run. */
  outputTokensPerSecond: number | null;
  /** Estimate for the whole ladder; `null` before anything is known. */
  secondsLeft: number | null;
  /** With `level`: what came out. */
  result: Level | null;
}

const mostTurns = 1_000;
const mostThinkSeconds = 86_400;
const positiveWhole = z.int().min(1);

// The measurement sets these itself: another value would break the budget or the figures.
const ownFields = "model messages stream stream_options n max_tokens max_completion_tokens ignore_eos".split(
  " ",
);

/** Makes a check that returns whether another one does not throw. */
function passes(check: (value: string) => void): (value: string) => boolean {
  return (value) => {
    try {
      check(value);
      return true;
    } catch {
      return false;
    }
  };
}

/** A function, or nothing. */
function callback<Callback>() {
  return z.custom<Callback>((value) => typeof value === "function").optional();
}

const headerName = z.string().refine(passes(validateHeaderName), "it is not the name of an HTTP header");
const headerValue = z.string().refine(
  passes((value) => validateHeaderValue("x-value", value)),
  "it holds characters that no HTTP header can carry",
);
const isFree = (name: string) => !ownFields.includes(name);
const requestField = z.string().refine(isFree, `the measurement itself decides ${ownFields.join(", ")}`);
const isSignal = (value: unknown) => typeof value === "object" && value !== null && "aborted" in value;
const isList = (value: unknown) => Array.isArray(value) && value.length > 0;

/** What `measureThroughput` takes; other loads take some of it. */
export const optionsSchema = z.strictObject({
  streams: z.array(positiveWhole.max(mostConnections)).min(1, "it must name at least one level").optional(),
  requestsPerStream: positiveWhole.optional(),
  secondsPerLevel: z.number().positive().optional(),
  promptTokens: positiveWhole.default(128),
  outputTokens: positiveWhole.default(128),
  turns: positiveWhole.max(mostTurns).default(1),
  sharedPromptTokens: z.int().min(0).default(0),
  thinkSeconds: z.number().min(0).max(mostThinkSeconds).default(0),
  mode: z.enum(["capacity", "natural"]).default("capacity"),
  arrivals: z
    .union([z.literal("closed"), z.strictObject({ requestsPerSecond: z.number().positive() })])
    .default("closed"),
  seed: z.int().optional(),
  warmUp: z.boolean().default(true),
  rampMs: z.number().min(0).optional(),
  headers: z.record(headerName, headerValue).default({}),
  // Endpoints as they are: a copy would lose the key, which does not show in a list of their fields.
  workers: z.custom<readonly Pick<Endpoint, "baseUrl" | "apiKey">[]>(isList).optional(),
  signal: z.custom<AbortSignal>(isSignal).optional(),
  onProgress: callback<(progress: MeasurementProgress) => void>(),
  onRecord: callback<(record: RequestRecord & { streams: number; repeat: number }) => void>(),
  recordsFile: z
    .string()
    .refine(
      passes((path) => accessSync(dirname(path), constants.W_OK)),
      "its folder is not there, or nothing may be written into it",
    )
    .optional(),
  repeats: positiveWhole.default(1),
  stopAtKnee: z.boolean().default(true),
  latencyTarget: latencySchema
    .refine(
      ({ timeToFirstTokenMs, timePerOutputTokenMs }) =>
        timeToFirstTokenMs !== null || timePerOutputTokenMs !== null,
      "it has no limit",
    )
    .optional(),
  maxTokens: z.union([positiveWhole, z.literal(Infinity)]).optional(),
  write: callback<(text: string) => unknown>(),
  maxMinutes: z.number().positive().default(30),
  stallSeconds: z.number().positive().default(120),
  request: z.record(requestField, z.unknown()).default({}),
  gpu: z
    .strictObject({
      name: z.string().min(1),
      count: positiveWhole,
      usdPerHour: z.number().min(0).nullable(),
      peerToPeer: peerToPeer.optional(),
    })
    .nullable()
    .optional(),
  startedWith: z
    .strictObject({ image: z.string().nullable(), arguments: z.array(z.string()).readonly().nullable() })
    .optional(),
});

/**
 * What to measure, and how.
 *
 * - `streams`: the ladder of requests in flight at once (1, 2, 4, 8, 16); with Poisson arrivals the most let in (256).
 * - `requestsPerStream` (4, in conversations those of two) or `secondsPerLevel`: how long a level is; with both, what ends first.
 * - `promptTokens`, `outputTokens` (128 each): of each request, the chat template included.
 * - `turns` (1) of each conversation: its history grows by the answers as they came, and `promptTokens` are those of each new
 *   message. A stream is a person, who begins the next conversation at once; a turn that fails ends its conversation.
 * - `sharedPromptTokens` (0): a system prompt that all conversations of the measurement begin with.
 * - `thinkSeconds` (0): the mean pause before a further turn, drawn from an exponential distribution by the seed.
 * - `mode`: `capacity` (fixed length, the model's own end ignored) or `natural` (the model ends by itself).
 * - `arrivals`: `closed` (each stream sends its next at once) or Poisson at a rate.
 * - `seed` (drawn anew): prompts and arrivals; the same seed sends the same prompts, which a cache may know.
 * - `warmUp` (yes), `rampMs` (10 a stream, at most 2,000), `repeats` (1).
 * - `stopAtKnee` (yes): whether the ladder ends where more streams bring little, or is climbed to its end.
 * - `latencyTarget`: of `latencyTarget()`. Each level then says how many requests kept to it, and between the last level that
 *   keeps to it and the first that misses it further ones are measured: `targetSearch` says how many streams it allows. With
 *   it the ladder goes past the knee until a level misses the target. With Poisson arrivals nothing is searched.
 * - `maxTokens`: the most that the whole call may use, prompts, answers and warm-up together; 50,000 for `given`.
 * - `maxMinutes` (30) for the whole call, warm-up and repeats included: each level gets an equal part of the time left, and
 *   is shortened, or left out, where it does not fit. `stallSeconds` (120) without an event in an answer that has begun.
 * - `request`: further fields of each request's body, such as `stop`. `headers`, `signal`, `onProgress`.
 * - `workers`: the endpoints behind a router, whose own counters are added up: the router shows those of any one of them.
 * - `write`: where a budget of tokens or minutes is stated before the first request (the cell or the terminal).
 * - `recordsFile`, `onRecord`: the raw record of each request, as JSON lines or handed over.
 * - `gpu`: what the endpoint runs on, with the price of all its cards per hour (for a pod of this workbook: as Runpod says).
 *   A rehearsal has none.
 * - `startedWith`: image and arguments of the server, for the evidence (for a pod of this workbook: as Runpod says).
 */
export type MeasureOptions = z.input<typeof optionsSchema>;

/** Options with every default filled in. */
export type MeasurePlan = ReturnType<typeof planMeasurement>;

const closedLadder = [1, 2, 4, 8, 16];
const mostArrivalStreams = 256;
const givenBudgetTokens = 50_000;
const arrivalSeconds = 30;

/**
 * Checks the options against each other and the endpoint, and fills in the defaults.
 *
 * @throws InputError that names the option and what it takes.
 */
export function planMeasurement(
  endpoint: Pick<Endpoint, "origin" | "maxModelTokens" | "model" | "gpu">,
  options: MeasureOptions = {},
) {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) throw refuseOptions(parsed.error, options, "measureThroughput");
  const { streams, gpu, stallSeconds, secondsPerLevel, requestsPerStream, ...rest } = parsed.data;
  checkConversations(endpoint, rest);
  const isClosed = rest.arrivals === "closed";
  return {
    ...rest,
    streams: streams ?? (isClosed ? closedLadder : [mostArrivalStreams]),
    ...chooseSeedAndBudget(endpoint, parsed.data),
    gpu: endpoint.origin === "rehearsal" ? null : gpu === undefined ? endpoint.gpu : gpu,
    stallMs: stallSeconds * 1_000,
    secondsPerLevel: secondsPerLevel ?? (isClosed ? null : arrivalSeconds),
    requestsPerStream:
      requestsPerStream ??
      (isClosed && secondsPerLevel === undefined ? (rest.turns === 1 ? 4 : 2 * rest.turns) : null),
  };
}

/** Draws a seed, and takes the most tokens that a kind of endpoint is asked for, where the caller gives none. */
export function chooseSeedAndBudget(
  { origin }: Pick<Endpoint, "origin">,
  { seed, maxTokens }: { seed?: number | undefined; maxTokens?: number | undefined },
): { seed: number; maxTokens: number } {
  return {
    seed: seed ?? Math.floor(Math.random() * 2 ** 31),
    maxTokens: maxTokens ?? (origin === "given" ? givenBudgetTokens : Infinity),
  };
}

/** Says which option of a function is wrong, and how; `names` are all that it takes. */
export function refuseOptions(
  error: z.ZodError,
  options: unknown,
  caller: string,
  names: readonly string[] = Object.keys(optionsSchema.shape),
): InputError {
  const [issue] = error.issues;
  const path = issue?.path ?? [];
  if (issue?.code === "unrecognized_keys" && path.length === 0) {
    return new InputError(`${caller}() has no option ${issue.keys.join(", ")}.`, {
      remedy: `It takes: ${names.join(", ")}.`,
      cause: error,
    });
  }
  const isStreams = path[0] === "streams";
  const value: unknown = path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    options,
  );
  const words = issue?.code === "invalid_key" ? issue.issues[0]?.message : issue?.message;
  const shown = typeof value === "object" ? JSON.stringify(value) : String(value);
  return new InputError(`The option ${path.join(".")} cannot be ${shown}: ${words ?? "it is not valid"}.`, {
    remedy: isStreams
      ? `Give streams as a list of whole numbers from 1 to ${mostConnections.toLocaleString("en-US")}: each stream is a connection.`
      : `The description of ${caller}'s options says what each takes.`,
    cause: error,
  });
}
