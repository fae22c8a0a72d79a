import { comparableSchema } from "workbook/measure";
import { picture } from "workbook/run-findings";
import { z } from "zod";

/** A run in figures, as it is saved in `summary.json`; `null` is a figure that is not known. */
export type RunSummary = z.output<typeof runSummarySchema>;
export type SeenSource = z.output<typeof seenSource>;
export type RunAnswer = z.output<typeof answer>;
export type NotebookSummary = z.output<typeof notebook>;

const figure = z.number().nullable().catch(null);
const text = z.string();
/** One of the front page's questions: what is asked, the answer in one sentence, what it rests on, and the notebook that has more. */
const answer = z.object({ asked: text, sentence: text, rests: z.array(text), notebook: text });
/** A price or a run behind the answers, and the day on which it was seen or published. */
const seenSource = z.object({ name: text, observed: text, source: text });
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
  /** How many people at once the run's endpoint serves within a latency target, in a sentence. */
  people: text.nullable().catch(null),
  /** The walkthrough's question, the same machine today, and the reader's own load. */
  answers: z.array(answer).catch([]),
  /** What each way of serving the reader's load costs. */
  picture: picture.nullable().catch(null),
  /** What of the run's measurements is compared with those of other runs, the newest first. */
  measurements: z.array(comparableSchema).catch([]),
  /** Where the figures of the answers stand. */
  sources: z.array(seenSource).catch([]),
  notebooks: z.array(notebook),
  /** By the name of the program. */
  versions: z.record(z.string(), z.string()),
});
