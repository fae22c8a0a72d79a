// What a run comes to: the same figures for the terminal and for the report's front page, each with what it is.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type ChatResult, type Endpoint, loadMeasurements, type Measurement, type Target } from "workbook";
import { comparableSchema } from "workbook/measure";
import { alignColumns, cleanName } from "workbook/words";
import { z } from "zod";
import { inProject, readIfPresent } from "../set-up/project.mjs";
import type { NotebookRun } from "./notebooks.ts";
import type { RunSummary } from "./report/run-summary.ts";
import { type Answered, answerWalkthrough } from "./walkthrough-answer.ts";

/** The whole answer has streamed by before. */
const mostAnswerCharacters = 2_000;

/** More of a run are not compared with those of others. */
const mostMeasurements = 6;

/** Sums up a run as plain data, for `summary.json`. */
export function summarize(run: {
  target: Target;
  endpoint: Endpoint;
  chat: ChatResult;
  startedAt: Date;
  notebooks: readonly NotebookRun[];
  versions: RunSummary["versions"];
  /** Where the measurements of the run are. */
  stateFolder: string;
}): RunSummary {
  const { target, endpoint, chat, startedAt, notebooks, versions, stateFolder } = run;
  const answered = [answerWalkthrough(), ...notebooks.flatMap(tellFindings)];
  return {
    target,
    model: endpoint.model,
    server: endpoint.server,
    isSimulated: endpoint.isSimulated,
    standsInFor: endpoint.standsInFor,
    startedAt: startedAt.toISOString(),
    answer: chat.text,
    timeToFirstTokenMs: chat.timeToFirstTokenMs,
    outputTokensPerSecond: chat.outputTokensPerSecond,
    throughput: readThroughput({ stateFolder, since: startedAt }),
    measurements: readMeasurements({ stateFolder, since: startedAt })
      .slice(0, mostMeasurements)
      .map((one) => comparableSchema.parse(one)),
    people: notebooks.map(({ findings }) => findings.people).find((one) => one !== null) ?? null,
    answers: answered.map(({ answer }) => answer),
    picture:
      notebooks.map(({ findings }) => findings.decision?.picture ?? null).find((one) => one !== null) ?? null,
    sources: answered.flatMap(({ sources }) => sources),
    notebooks: notebooks.map(({ name, title, file, ok, seconds }) => ({ name, title, file, ok, seconds })),
    versions,
  };
}

/** The answers that a notebook has found: its verdict on the walkthrough's machine today, its decision on the reader's load. */
function tellFindings({ name: notebook, findings: { verdict, decision } }: NotebookRun): Answered[] {
  const found = [
    ["The walkthrough today", verdict, ""],
    ["Your load", decision, " This load is an example: put your own into the first cell of 05-decide."],
  ] as const;
  return found.flatMap(([asked, one, note]) => {
    if (one === null) return [];
    const { rests, prices } = one;
    return [{ answer: { asked, sentence: one.sentence + note, rests, notebook }, sources: prices }];
  });
}

/** Returns the highest output rate of the measurements that were begun since a run started; null where there is none. */
export function readThroughput(run: { stateFolder: string; since: Date }): RunSummary["throughput"] {
  const levels = readMeasurements(run)
    .flatMap(({ levels }) => levels)
    // A level in which the client was the limit says what the client can do.
    .flatMap(({ verdict, streams, outputTokensPerSecond }) =>
      verdict !== "valid" || outputTokensPerSecond === null ? [] : [{ streams, outputTokensPerSecond }],
    );
  levels.sort((one, other) => other.outputTokensPerSecond - one.outputTokensPerSecond);
  return levels[0] ?? null;
}

function readMeasurements(run: { stateFolder: string; since: Date }): Measurement[] {
  return loadMeasurements({ stateFolder: run.stateFolder, write: () => {} }).filter(
    ({ startedAt }) => new Date(startedAt) >= run.since,
  );
}

/** Writes the summary for the terminal; `pods` says what became of them. */
export function describeSummary(run: { summary: RunSummary; runFolder: string; pods: string }): string {
  const { summary, runFolder, pods } = run;
  const { timeToFirstTokenMs, outputTokensPerSecond, target, throughput, people } = summary;
  const where = target === "rehearsal" ? "measured on this machine" : "measured from here";
  const kind = summary.isSimulated ? "simulated" : where;
  const rows: [label: string, text: string | null][] = [
    ["Target", target === "rehearsal" ? "rehearsal: nothing left this machine, nothing cost money" : target],
    ["Model", describeModel(summary)],
    ["Answer", cleanName(summary.answer.replaceAll(/\s+/g, " ").trim(), mostAnswerCharacters)],
    [
      "First token",
      timeToFirstTokenMs === null ? "no text came" : `after ${timeToFirstTokenMs.toFixed(0)} ms (${kind})`,
    ],
    [
      "Speed",
      outputTokensPerSecond === null
        ? "not known: the server reports no token counts"
        : `${outputTokensPerSecond.toFixed(1)} tokens/s for one answer at a time (${kind})`,
    ],
    ["Throughput", throughput && `${describeThroughput(throughput)} (${kind})`],
    ["People at once", people && `${people} (${kind})`],
    ...summary.answers.map(({ asked, sentence }): [string, string] => [asked, `${sentence} (computed)`]),
    ["Pods", pods.replaceAll("\n", " ")],
    ["Report", pathToFileURL(join(runFolder, "index.html")).href],
  ];
  return alignColumns(rows.flatMap(([label, text]) => (text === null ? [] : [[label, text]])));
}

function describeThroughput(throughput: NonNullable<RunSummary["throughput"]>): string {
  const { outputTokensPerSecond, streams } = throughput;
  const requests = streams === 1 ? "request" : "requests";
  return `${outputTokensPerSecond.toFixed(1)} tokens/s of output with ${streams} ${requests} at a time`;
}

/** Names the model and what serves it; a rehearsal's server says itself which model stands in for which. */
export function describeModel(served: Pick<RunSummary, "model" | "server" | "standsInFor">): string {
  return served.standsInFor === null ? `${served.model} (${served.server})` : served.server;
}

/** Returns the versions of what a run's figures and pages came about with. */
export function readVersions(): Record<string, string> {
  const requirements = readIfPresent(inProject("jupyter/requirements.txt")) ?? "";
  const locked = (name: string) => requirements.match(new RegExp(`^${name}==([^\\s;]+)`, "m"))?.[1] ?? "";
  const installed = (file: string): string =>
    z.object({ version: z.string() }).parse(JSON.parse(readIfPresent(inProject(file)) ?? "{}")).version;
  return {
    workbook: installed("package.json"),
    node: process.versions.node,
    tslab: installed("node_modules/tslab/package.json"),
    jupyterlab: locked("jupyterlab"),
    nbconvert: locked("nbconvert"),
  };
}
