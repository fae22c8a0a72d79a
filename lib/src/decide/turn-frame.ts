import type { DataFrame } from "nodejs-polars";
import { hoursPerMonth } from "../facts/index.ts";
import { type FrameColumns, makeFrame } from "../frame.ts";
import { sayAbout, sayFactor, sayUsd } from "../words/index.ts";
import type { Decision } from "./decide-types.ts";

type TurnRow = Record<"what" | "at", string> & Record<"now" | "times" | "to", string | null>;

const columns: FrameColumns<TurnRow> = { what: "text", now: "text", at: "text", times: "text", to: "text" };

/** What can turn, how it is said, and what it is now where that is known without a turn. */
const turning: readonly [
  field: keyof Decision["turns"],
  what: string,
  say: (value: number) => string,
  nowOf: (decision: Turning) => number | undefined,
][] = [
  ["requestsPerMonth", "requests a month", sayAbout, ({ load }) => load.requestsPerMonth],
  [
    "requestsPerMonthAtBest",
    "requests a month, if machines are as fast as their forecast's best end",
    sayAbout,
    ({ load }) => load.requestsPerMonth,
  ],
  [
    "outputTokensPerSecond",
    "output tokens per second, on average",
    sayAbout,
    ({ load }) => (load.requestsPerMonth * load.outputTokens) / hoursPerMonth / 3_600,
  ],
  [
    "gpuUsdPerHour",
    "price of one GPU for an hour, if all GPU prices change alike",
    sayUsd,
    ({ answer, cheapestMachine }) => (answer?.gpuUsdPerHour ?? cheapestMachine?.gpuUsdPerHour) || undefined,
  ],
  [
    "apiUsdPerMillionTokens",
    "the API's price of a million tokens, if all APIs change theirs alike",
    sayUsd,
    ({ cheapestApi }) => cheapestApi?.usdPerMillionTokens.typical,
  ],
];

type Turning = Pick<Decision, "turns" | "load" | "answer" | "cheapestApi" | "cheapestMachine">;

/** Returns as a frame what would have to change, alone, for the answer to turn, from which value to which; `never` where it does not. */
export function turnFrame(decision: Turning): Promise<DataFrame> {
  const rows = turning.map(([field, what, say, nowOf]): TurnRow => {
    const turn = decision.turns[field];
    if (turn === null) {
      const now = nowOf(decision);
      return { what, now: now === undefined ? null : say(now), at: "never", times: null, to: null };
    }
    const { at, factor, label } = turn;
    return { what, now: say(at / factor), at: say(at), times: `${sayFactor(factor)} times`, to: label };
  });
  return makeFrame(rows, columns);
}
