import { z } from "zod";
import { cleanName, inWords } from "./words/index.ts";

/** Entries of a list from elsewhere that were parsed one by one. */
export interface ParsedEntries<Entry> {
  /** Those that could be read, with their keys: numbers from 0 in a list, names in an object. */
  entries: readonly (readonly [key: string, entry: Entry])[];
  /** How many were left out, and why the first was, in one sentence; `null` where none was. */
  leftOut: string | null;
}

const list = z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]);

/**
 * Makes the schema of a list, or of an object, whose entries are parsed one by one: an odd one costs itself, not the list.
 *
 * Where there are entries and none can be read, the list has another form: then it is refused, as its first entry was.
 */
export function eachOf<Entry>(schema: z.ZodType<Entry>): z.ZodType<ParsedEntries<Entry>> {
  return list.transform((values, context): ParsedEntries<Entry> => {
    const entries: [string, Entry][] = [];
    const all = Object.entries(values);
    let first: { key: string; issues: z.core.$ZodIssue[] } | null = null;
    for (const [key, value] of all) {
      const parsed = schema.safeParse(value);
      if (parsed.success) entries.push([key, parsed.data]);
      else first ??= { key, issues: parsed.error.issues };
    }
    if (first === null) return { entries, leftOut: null };
    const { key, issues } = first;
    if (entries.length === 0) {
      for (const { path, message } of issues)
        context.addIssue({ code: "custom", path: [key, ...path], message });
      return z.NEVER;
    }
    const name = Array.isArray(values) ? `entry ${Number(key) + 1}` : cleanName(key, 60);
    const reasons = issues.map(({ path, message }) => [...path, message].join(": "));
    const count = `${inWords(all.length - entries.length)} of ${inWords(all.length)} entries were left out`;
    return { entries, leftOut: `${count}, the first of them ${name} (${cleanName(reasons[0] ?? "", 120)}).` };
  });
}
