import { readFileSync } from "node:fs";
import { z } from "zod";
import { type Assessment, stateVerdict, type VerdictOptions } from "./cost/index.ts";
import { writeStateFile } from "./files/index.ts";

/** The environment variable that names the file for a notebook's findings; `npm start` sets it. */
const findingsVariable = "WORKBOOK_FINDINGS";

const runFindings = z.object({
  verdict: z.object({ sentence: z.string(), assumed: z.string() }).nullable(),
});

/** What a notebook has found out that the summary of its run tells. */
export type RunFindings = z.output<typeof runFindings>;

/**
 * Prints the verdict of an assessment and what it rests on; `npm start` tells it in its summary.
 *
 * `labels` name both sides, such as `4 × A40` and `Bedrock`; `date` is the day of the prices.
 */
export function printVerdict(assessment: Assessment, options: VerdictOptions): void {
  const verdict = stateVerdict(assessment, options);
  console.log(`${verdict.sentence} ${verdict.assumed}`);
  const file = process.env[findingsVariable];
  if (file === undefined || file === "") return;
  writeStateFile(file, JSON.stringify({ verdict } satisfies RunFindings));
}

/** Reads what a notebook has found out; a file that is not there, or is none, holds nothing. */
export function readRunFindings(file: string): RunFindings {
  try {
    return runFindings.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return { verdict: null };
  }
}
