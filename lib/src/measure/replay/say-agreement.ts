import { sayFactor } from "../../words/index.ts";
import { countRequests } from "../measurement.ts";

/** One figure of a run as the arithmetic has it and as it was; ratios are seen ÷ predicted, `null` where one of them is not known or 0. */
export interface PredictedFigure {
  figure: string;
  unit: "requests" | "s" | "%" | "tokens/s";
  /** By the arithmetic of `replayTrace`: one request after the other. */
  predicted: number | null;
  seen: number | null;
  ratio: number | null;
  /** With all answers written at once. */
  sideBySide: number | null;
  ratioSideBySide: number | null;
}

/** Seen ÷ predicted; `null` where one of them is not known or 0. */
export interface AgreementRatios {
  firstTokenP95: number | null;
  requestMedian: number | null;
  requestMedianSideBySide: number | null;
  busy: number | null;
}

// Of fewer the 95th percentile is the slowest one.
const fewRequests = 20;

// Two runs of the same load differ by less than this as a rule.
const [leastAgreeing, mostAgreeing] = [0.75, 1.33];

/** Says how far prediction and run are apart, and what that means for the cost model. */
export function sayAgreement(
  figures: Record<"firstTokenP95" | "requestMedian" | "busy", PredictedFigure>,
  completed: number,
): string {
  const { firstTokenP95, requestMedian, busy } = figures;
  return [
    `95 % of the first tokens came within ${amount(firstTokenP95.seen)} s; ${amount(firstTokenP95.predicted)} s were predicted${judge(
      firstTokenP95.ratio,
      {
        agree: "replayTrace is right about the waits at this load",
        more: "people wait longer than replayTrace says, so give it a stricter target than yours",
        less: "people wait less than replayTrace says, so fewer pods than it asks for are enough",
      },
    )}.`,
    `Half of the requests took at most ${amount(requestMedian.seen)} s; “in turn” predicts ${amount(requestMedian.predicted)} s${judge(
      requestMedian.ratio,
      {
        agree: "“in turn” says rightly how long answers take",
        more: "a server writes answers at the same time, and each of them more slowly than it could alone",
        less: "answers take less time than “in turn” says",
      },
    )}; “side by side” predicts ${amount(requestMedian.sideBySide)} s (seen: ${factor(requestMedian.ratioSideBySide)}).`,
    `The machine was busy ${amount(busy.seen)} % of the time; ${amount(busy.predicted)} % were predicted${judge(
      busy.ratio,
      {
        agree: "replayTrace is right about what is paid by the time of work, too",
        more: "what is paid by the time of work (serverless, or a pod that stops when idle) costs more at this load than replayTrace says; a pod that is always on does not",
        less: "what is paid by the time of work costs less than replayTrace says",
      },
    )}.`,
    ...(completed < fewRequests ? [`All of this rests on ${countRequests(completed)} only.`] : []),
  ].join(" ");
}

function judge(ratio: number | null, words: { agree: string; more: string; less: string }): string {
  if (ratio === null) return "";
  const verdict = ratio > mostAgreeing ? words.more : ratio < leastAgreeing ? words.less : words.agree;
  return ` (seen: ${factor(ratio)}): ${verdict}`;
}

function factor(ratio: number | null): string {
  if (ratio === null) return "not known";
  return sayFactor(ratio) === "1" ? "the same" : `${sayFactor(ratio)} times that`;
}

function amount(value: number | null): string {
  return value === null ? "an unknown number of" : String(Number(value.toPrecision(2)));
}
