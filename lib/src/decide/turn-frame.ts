import type { DataFrame } from "nodejs-polars";
import { type FrameColumns, makeFrame } from "../frame.ts";
import { sayAbout, sayFactor, sayUsd } from "../words/index.ts";
import type { Decision, Turn } from "./decide-types.ts";

type TurnRow = Record<"what" | "now" | "at" | "times" | "to", string>;

const columns: FrameColumns<TurnRow> = { what: "text", now: "text", at: "text", times: "text", to: "text" };

const turning = [
  ["requestsPerMonth", "requests a month", sayAbout],
  [
    "requestsPerMonthAtBest",
    "requests a month, if machines are as fast as their forecast's best end",
    sayAbout,
  ],
  ["outputTokensPerSecond", "output tokens per second, on average", sayAbout],
  ["gpuUsdPerHour", "price of one GPU for an hour, if all GPU prices change alike", sayUsd],
  ["apiUsdPerMillionTokens", "the API's price of a million tokens, if all APIs change theirs alike", sayUsd],
] as const;

/** Returns as a frame what would have to change, alone, for the answer to turn, from which value to which; `never` where it does not. */
export function turnFrame({ turns }: Pick<Decision, "turns">): Promise<DataFrame> {
  return makeFrame(
    turning.map(([field, what, say]) => ({ what, ...sayTurn(turns[field], say) })),
    columns,
  );
}

function sayTurn(turn: Turn | null, say: (value: number) => string): Omit<TurnRow, "what"> {
  if (turn === null) return { now: "", at: "never", times: "", to: "" };
  const { at, factor, label } = turn;
  return { now: say(at / factor), at: say(at), times: `${sayFactor(factor)} times`, to: label };
}
