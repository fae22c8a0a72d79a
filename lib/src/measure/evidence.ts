import { z } from "zod";

/** On what a measurement was made, so that somebody else can make it again; what nobody knows is `null`. */
export const evidenceSchema = z.object({
  /** The image of the container, with its tag. */
  image: z.string().nullable(),
  /** What the server was started with, the model first; keys and tokens are left out. */
  arguments: z.array(z.string()).nullable(),
  /** The commit of the model's repository that the Hub had when the measurement began, or the one that the arguments name. */
  modelRevision: z.string().nullable(),
  /** The version of the cards' driver. */
  driver: z.string().nullable(),
  /** What all cards cost per hour, who said so, and on which day. */
  price: z.object({ usdPerHour: z.number().min(0), source: z.string(), observed: z.iso.date() }).nullable(),
  /** Of the file with the raw records, as it was when the measurement ended. */
  recordsSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
});

/** See {@link evidenceSchema}. */
export type Evidence = z.output<typeof evidenceSchema>;
