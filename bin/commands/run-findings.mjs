// What the notebooks of a run have found out, for its summary: the throughput and the verdict.

import { loadMeasurements } from "workbook";
import { readIfPresent } from "../set-up/project.mjs";
import { joinTexts } from "./report/texts.mjs";

/** The cell whose printed text is the verdict has this tag, in whichever notebook it is. */
const verdictTag = "verdict";

/**
 * The highest rate of output that a run has measured, all streams together.
 *
 * @typedef {object} Throughput
 * @property {number} outputTokensPerSecond
 * @property {number} streams
 */

/**
 * Returns the highest output rate of the measurements that were begun since a run started; null where there is none.
 *
 * @param {{ stateFolder: string, since: Date }} options
 * @returns {Throughput | null}
 */
export function readThroughput({ stateFolder, since }) {
  const levels = loadMeasurements({ stateFolder, write: () => {} })
    .filter(({ startedAt }) => new Date(startedAt) >= since)
    .flatMap(({ levels }) => levels)
    // A level in which the client was the limit says what the client can do.
    .filter(({ verdict, outputTokensPerSecond }) => verdict === "valid" && outputTokensPerSecond !== null)
    .map(({ streams, outputTokensPerSecond }) => ({
      streams,
      outputTokensPerSecond: outputTokensPerSecond ?? 0,
    }));
  levels.sort((one, other) => other.outputTokensPerSecond - one.outputTokensPerSecond);
  return levels[0] ?? null;
}

/**
 * Returns what the first cell tagged as the verdict printed first, in executed notebooks; null where none did.
 *
 * @param {readonly string[]} executedNotebooks paths
 * @returns {string | null}
 */
export function readVerdict(executedNotebooks) {
  for (const path of executedNotebooks) {
    const notebook = joinTexts(JSON.parse(readIfPresent(path) ?? '{"cells":[]}'));
    for (const cell of notebook.cells) {
      const { metadata, outputs = [] } = /** @type {any} */ (cell);
      if (!metadata?.tags?.includes(verdictTag)) continue;
      const printed = outputs.find((/** @type {any} */ output) => output.name === "stdout")?.text ?? "";
      const [verdict = ""] = printed.trim().split("\n");
      if (verdict !== "") return verdict;
    }
  }
  return null;
}
