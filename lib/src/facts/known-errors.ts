import { z } from "zod";
import { day, orNull, sources, text, words } from "./columns.ts";
import { type FactsOptions, readFacts } from "./read-facts.ts";

/** Where people meet an error, in the order in which they may meet it. */
export const errorPlaces = [
  "account",
  "access",
  "start",
  "log",
  "proxy",
  "server",
  "client",
  "notebook",
  "set-up",
] as const;

export type ErrorPlace = (typeof errorPlaces)[number];

/** Why Runpod's API refuses a call, in one word. */
const refusals = [
  "key-refused",
  "access-denied",
  "edge-refused",
  "no-capacity",
  "balance-too-low",
  "spend-limit",
  "not-found",
  "conflict",
  "invalid-request",
  "rate-limited",
  "api-retired",
  "server-error",
] as const;

/** Why a pod's start has failed, in one word. */
const failedStarts = [
  "gated-model",
  "unknown-model",
  "secret-missing",
  "kv-cache-too-small",
  "out-of-memory",
  "unknown-argument",
  "unusable-argument",
  "adapter-missing",
  "unusable-adapter",
  "unsupported-model",
  "driver-too-old",
  "gpu-too-old",
  "no-gpu",
  "gpus-disconnected",
  "disk-full",
  "image-unavailable",
  "container-not-started",
  "engine-failed",
] as const;

export type Refusal = (typeof refusals)[number];
export type FailedStart = (typeof failedStarts)[number];

// Patterns look at one line at a time, so that a whole log can be searched for a line.
const pattern = z.string().transform((cell, context) => {
  try {
    return new RegExp(cell, "gim");
  } catch {
    context.addIssue("is no regular expression");
    return z.NEVER;
  }
});

const knownErrorSchema = z
  .object({
    id: text.regex(/^[a-z\d-]+$/, "takes small letters, digits and hyphens"),
    place: z.enum(errorPlaces, `takes ${errorPlaces.join(", ")}`),
    /** What it says, for example. */
    says: text,
    /** HTTP statuses, also as `4xx` and `5xx`; empty where the words alone tell it. */
    status: words.pipe(z.array(z.string().regex(/^[1-5](\d\d|xx)$/, "takes statuses such as 404 or 5xx"))),
    /** What its words look like; `null` where the status alone tells it. */
    pattern: orNull(pattern),
    problem: orNull(z.string()),
    /** What is wrong, in one sentence; `{rental}` stands for pod or endpoint, `{name}` for what the pattern's group of that name finds. */
    cause: text,
    /** What to do about it; with the same names. */
    remedy: text,
    /** How the words are known: seen here, read in a program's source, documented, reported by others, or only roughly. */
    known: z.enum(["recorded", "read", "documented", "reported", "approximate"], "is no kind of knowledge"),
    observed: day,
    sources,
  })
  .refine((row) => row.pattern !== null || row.status.length > 0, "needs a pattern or a status")
  .refine(
    ({ cause, remedy, pattern: words }) =>
      [...`${cause} ${remedy}`.matchAll(/\{(\w+)\}/g)].every(
        ([, name]) => name === "rental" || words?.source.includes(`(?<${name}>`),
      ),
    "names in braces what no group of its pattern finds",
  )
  .transform((row, context) => {
    const { status: statuses, problem, ...rest } = row;
    // For a call to Runpod's API.
    const refusal = refusals.find((one) => one === problem && row.place === "account") ?? null;
    // For a line of a pod's log: the start has failed for this reason.
    const isLog = row.place === "start" || row.place === "log";
    const failedStart = failedStarts.find((one) => one === problem && isLog) ?? null;
    // For a line that tells of nothing wrong, though people take it for an error.
    const isNote = problem === "note" && isLog;
    if (problem !== null && refusal === null && failedStart === null && !isNote) {
      context.addIssue(`problem: ${problem} is none of the place ${row.place}`);
      return z.NEVER;
    }
    return { ...rest, statuses, refusal, failedStart, isNote };
  });

/** An error that is known: how to tell it, what it means and what to do. */
export type KnownError = z.output<typeof knownErrorSchema>;

/** Returns the errors that are known (`data/known-errors.csv`), the particular before the general. */
export function loadKnownErrors(options: FactsOptions = {}): readonly KnownError[] {
  return readFacts("known-errors.csv", knownErrorSchema, options);
}
