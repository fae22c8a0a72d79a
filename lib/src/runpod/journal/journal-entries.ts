import { z } from "zod";
import { peerToPeer } from "../../facts/index.ts";
import type { ProcessIdentity } from "../../files/index.ts";

/** A process as the journal keeps it. */
const processIdentitySchema: z.ZodType<ProcessIdentity> = z.object({
  pid: z.int().positive(),
  startedAt: z.string(),
  host: z.string(),
});

const at = z.iso.datetime();
const stem = z.string();

const seconds = z.number().nullable();

/** How long the parts of a start took, in seconds; `null` where nobody saw it. */
const coldStartSchema = z.object({
  /** From the order until the container runs: a machine, and the image. */
  pullSeconds: seconds,
  /** The weights, from the Hub to the disk. */
  downloadSeconds: seconds,
  /** The weights, from the disk to the cards. */
  loadSeconds: seconds,
  /** vLLM's engine: it measures memory, compiles and warms up. */
  compileSeconds: seconds,
  /** From the order until the first answer. */
  totalSeconds: seconds,
});
export type ColdStart = z.output<typeof coldStartSchema>;

/** What a journal can hold: names, ids and times, never a key. One line of JSON each. */
export const journalEntrySchema = z.discriminatedUnion("kind", [
  /** Written before the call that rents a pod. */
  z.object({
    kind: z.literal("intent"),
    at,
    stem,
    deadlineAt: at,
    model: z.string(),
    /** The names of its adapters; earlier lines have none. */
    adapters: z.array(z.string()).optional(),
    gpuCount: z.number(),
    creator: processIdentitySchema,
    /** What the dearest pod that was ordered costs; entries of older versions lack it. */
    maxUsdPerHour: z.number().optional(),
    /** Without work for so long it ends; `null`: never. */
    idleMinutes: z.number().nullable(),
    /** A salted hash, which tells whether the key that asks is the key that rented. */
    keyFingerprint: z.string(),
  }),
  z.object({
    kind: z.literal("created"),
    at,
    stem,
    podId: z.string(),
    gpuTypeId: z.string(),
    usdPerHour: z.number(),
    /** With its disk, which `usdPerHour` may leave out; entries of older versions lack it. */
    maxUsdPerHour: z.number().optional(),
    /** Whether the start script was sent, which closes the side doors and ends the pod from within. */
    hasStartScript: z.boolean(),
  }),
  /** What the log of a pod with several cards says of the links between them. */
  z.object({ kind: z.literal("linked"), at, stem, peerToPeer }),
  /** Written before the call that makes a serverless endpoint. */
  z.object({
    kind: z.literal("endpoint-intent"),
    at,
    stem,
    deadlineAt: at,
    model: z.string(),
    adapters: z.array(z.string()).optional(),
    /** With all its workers. */
    maxUsdPerHour: z.number(),
    creator: processIdentitySchema,
    keyFingerprint: z.string(),
  }),
  z.object({ kind: z.literal("endpoint-created"), at, stem, endpointId: z.string() }),
  // What follows is said of pods and of endpoints; the stem tells which.
  /** Nobody waits for what may come of the intent: what bears that name is to be ended. */
  z.object({ kind: z.literal("abandoned"), at, stem }),
  z.object({ kind: z.literal("waiting"), at, stem, waiter: processIdentitySchema }),
  z.object({ kind: z.literal("ready"), at, stem, coldStart: coldStartSchema.optional() }),
  /** `mayRunUntil`: what is paid for at worst, where a later deadline was asked for and is not certain yet. */
  z.object({ kind: z.literal("extended"), at, stem, deadlineAt: at, mayRunUntil: at.optional() }),
  z.object({ kind: z.literal("watched"), at, stem, watchdog: processIdentitySchema }),
  /** Once more with the bill, when that is final. `isFoundGone`: it had ended before somebody looked. */
  z.object({
    kind: z.literal("ended"),
    at,
    stem,
    usd: z.number().nullable(),
    isFoundGone: z.boolean().optional(),
  }),
  /** Which value a stored secret has, as a salted hash: the value itself cannot be read back from Runpod. */
  z.object({ kind: z.literal("secret"), at, name: z.string(), salt: z.string(), fingerprint: z.string() }),
]);
export type JournalEntry = z.output<typeof journalEntrySchema>;

/** An entry that somebody is about to write: the journal adds the time. */
export type NewJournalEntry = JournalEntry extends infer Entry
  ? Entry extends JournalEntry
    ? Omit<Entry, "at">
    : never
  : never;
