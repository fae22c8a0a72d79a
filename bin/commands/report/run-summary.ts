import { z } from "zod";

/** A run in figures, as it is saved in `summary.json`; `null` is a figure that is not known. */
export type RunSummary = z.output<typeof runSummarySchema>;
export type NotebookSummary = z.output<typeof notebook>;

const figure = z.number().nullable().catch(null);
const text = z.string();
const verdict = z.object({ sentence: text, assumed: text, notebook: text });
/** `file` is its report, in the run's folder. */
const notebook = z.object({ name: text, title: text, file: text, ok: z.boolean(), seconds: z.number() });

// Runs of an older workbook lack some fields; they stay in the index all the same.
export const runSummarySchema = z.object({
  target: z.string(),
  model: z.string(),
  server: z.string(),
  /** Whether no model stands behind the answers. */
  isSimulated: z.boolean().catch(false),
  /** In a rehearsal, the model whose place another one takes. */
  standsInFor: z.string().nullable().catch(null),
  /** ISO time. */
  startedAt: z.iso.datetime(),
  answer: z.string(),
  timeToFirstTokenMs: figure,
  outputTokensPerSecond: figure,
  /** The highest rate of output that the run has measured, all streams together. */
  throughput: z.object({ outputTokensPerSecond: z.number(), streams: z.number() }).nullable().catch(null),
  /** The walkthrough's example. */
  breakEven: z.string(),
  /** The conclusion of the notebook that has one, and what it rests on. */
  verdict: verdict.nullable().catch(null),
  notebooks: z.array(notebook),
  /** By the name of the program. */
  versions: z.record(z.string(), z.string()),
});
