import { readFileSync } from "node:fs";
import { z } from "zod";
import { writeStateFile } from "../files/index.ts";
import { parseJson } from "../words/index.ts";

/** The environment variable that names the file for a notebook's findings; `npm start` sets it. */
const findingsVariable = "WORKBOOK_FINDINGS";

const text = z.string();
/** The prices behind a finding: what each is of, the day on which it was seen, and who says so. */
const prices = z.array(z.object({ name: text, observed: text, source: text }));
const usd = z.number().nonnegative();

/** What each way of serving a load costs, for a picture: the answer on top, and marked. */
export const picture = z.object({
  headline: text,
  /** The load and the days of the prices. */
  subject: text,
  ways: z
    .array(
      z.object({
        label: text,
        serves: z.enum(["api", "machine"]),
        usdPerMonth: z.object({ low: usd, typical: usd, high: usd }),
        /** In a few words, such as `measure first`; empty where there is nothing to say. */
        remark: text,
        isAnswer: z.boolean(),
      }),
    )
    .min(1),
});

const found = z.object({ sentence: text, rests: z.array(text), prices });

const runFindings = z.object({
  verdict: found.nullable().default(null),
  decision: found.extend({ picture }).nullable().default(null),
  /** How many people the server of the run serves at once, in a sentence. */
  people: text.nullable().default(null),
});

/** What a notebook has found out that the summary of its run tells. */
export type RunFindings = z.output<typeof runFindings>;

/** Names a price or a run, with the day on which it was seen and its first source. */
export function seen(name: string, { observed, sources }: { observed: string; sources: readonly string[] }) {
  return { name, observed, source: sources[0] ?? "" };
}

/** Puts a finding into the file that `npm start` names, beside what the notebook has found out before. */
export function writeFindings(found: Partial<RunFindings>): void {
  const file = process.env[findingsVariable];
  if (file === undefined || file === "") return;
  writeStateFile(file, JSON.stringify({ ...readRunFindings(file), ...found }));
}

/** Reads what a notebook has found out; a file that is not there, or is none, holds nothing. */
export function readRunFindings(file: string): RunFindings {
  try {
    return runFindings.parse(parseJson(readFileSync(file, "utf8")));
  } catch {
    return { verdict: null, decision: null, people: null };
  }
}
