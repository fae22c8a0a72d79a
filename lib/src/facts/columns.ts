import { z } from "zod";

/** A cell that must not be empty. */
export const text = z.string("is missing");

/** A cell with a number above 0. */
export const positive = z.coerce.number({ error: "is not a number" }).positive("must be above 0");

/** A cell with a whole number above 0. */
export const count = positive.int("must be a whole number");

/** A cell with a calendar day. */
export const day = z.iso.date("is not a day such as 2026-11-23");

/** A cell with addresses, separated by spaces; each fact has one at least. */
export const sources = text
  .transform((cell) => cell.split(" "))
  .pipe(z.array(z.url({ protocol: /^https$/, error: "is not a list of https addresses" })))
  .readonly();

/** A cell with words, separated by spaces; an empty one has none. */
export const words = z
  .string()
  .default("")
  .transform((cell): readonly string[] => (cell === "" ? [] : cell.split(" ")));

/** A cell that says yes or no. */
export const yesOrNo = z.enum(["yes", "no"], "takes yes or no").transform((cell) => cell === "yes");

/** A cell that may be empty, which reads as `null`. */
export function orNull<Value extends z.ZodType>(schema: Value) {
  return schema.optional().transform((value) => value ?? null);
}
