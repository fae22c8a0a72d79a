import { InputError } from "./errors.ts";
import { inWords, sayFactor } from "./words/index.ts";

/** A reader's answer to an exercise beside the true one; a cell that ends with it shows `words`. */
export interface ComparedAnswer {
  /** `null` where nothing was guessed yet. */
  mine: number | null;
  /** `null` where this run has nothing to compare with. */
  actual: number | null;
  unit: string;
  /** How far off, as a share of `actual`, still counts as close. */
  within: number;
  outcome: "close" | "far" | "not guessed" | "nothing to compare";
  /** One or two sentences: how close it is, or how far off and why. */
  words: string;
}

/** The media type under which a cell's output holds the comparison as data. */
export const comparedAnswerType = "application/vnd.workbook.answer+json";

/**
 * Compares the answer of a reader with the true one, and says how far off it is and why; it never throws for a wrong one.
 *
 * @param mine the reader's number; `null` until there is one
 * @param actual the true number, in the same unit; `null` where this run has none
 * @param options `unit` stands behind the numbers, such as `tokens/s` or `users`; `within` is a share of `actual`, 0.1 unless
 *   given; `why` is a sentence that explains the true number
 * @throws InputError where `within` is no share of at least 0
 */
export function expectClose(
  mine: number | null | undefined,
  actual: number | null | undefined,
  options: { unit?: string; within?: number; why?: string } = {},
): ComparedAnswer {
  const { unit = "", within = 0.1, why = "" } = options;
  if (!(within >= 0)) {
    throw new InputError(`expectClose: within is ${within}.`, {
      remedy: "Give the share by which an answer may differ and still be close, such as 0.1 for 10 %.",
      field: "within",
    });
  }
  const compared = { mine: mine ?? null, actual: actual ?? null, unit, within };
  const { outcome, said } = judge(compared);
  const words = outcome === "not guessed" || why === "" ? said : `${said} ${why}`;
  const answer: ComparedAnswer = { ...compared, outcome, words };
  const display = () => ({ [comparedAnswerType]: answer, "text/plain": words });
  return Object.defineProperty({ ...answer }, Symbol.for("Jupyter.display"), { value: display });
}

type Judgement = Pick<ComparedAnswer, "outcome"> & { said: string };

function judge({ mine, actual, unit, within }: Omit<ComparedAnswer, "outcome" | "words">): Judgement {
  if (mine === null) {
    const said = "Not guessed yet: put your number in place of null in the cell of the exercise.";
    return { outcome: "not guessed", said };
  }
  if (actual === null || !Number.isFinite(actual)) {
    const said = `You said ${say(mine, unit)}. This run has no figure to compare it with.`;
    return { outcome: "nothing to compare", said };
  }
  const isClose = Math.abs(mine - actual) <= within * Math.abs(actual);
  const sayBoth = `You said ${say(mine, unit)}, and it is ${say(actual, unit)}`;
  return isClose
    ? { outcome: "close", said: `Close. ${sayBoth}.` }
    : { outcome: "far", said: `${sayBoth}: ${sayDistance(mine, actual, unit)}.` };
}

/** A share while the two are of one size, else how many times one holds the other. */
function sayDistance(mine: number, actual: number, unit: string): string {
  if (!Number.isFinite(mine)) return "look at how yours is computed";
  const factor = mine / actual;
  if (!(factor > 0 && factor < Infinity))
    return `yours is ${say(Math.abs(mine - actual), unit)} too ${mine > actual ? "high" : "low"}`;
  if (factor >= 2) return `yours is ${sayFactor(factor)} times as high`;
  if (factor <= 0.5) return `it is ${sayFactor(1 / factor)} times as high as yours`;
  return `yours is ${sayFactor(Math.abs(factor - 1) * 100)} % too ${factor > 1 ? "high" : "low"}`;
}

function say(number: number, unit: string): string {
  if (!Number.isFinite(number)) return "no finite number";
  const text = Number.isInteger(number) ? inWords(number) : inWords(Number(number.toPrecision(4)));
  if (unit === "") return text;
  return `${text} ${number === 1 ? unit.replace(/^([a-z]{2,})s(?= |$)/, "$1") : unit}`;
}
