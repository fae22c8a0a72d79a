import type { RunPodContext } from "./context.ts";

/** How this machine's clock stands to the API's, by the last answer: deadlines are the API's time. */
export interface ClockCheck {
  /** The API's time, never later than it is; this machine's where the answer did not tell it. */
  now: Date;
  /** `unknown`: the answer did not tell the time, or came so slowly that it tells too little. */
  state: "agrees" | "off" | "unknown";
  /** How far this machine's clock is ahead; negative: behind. */
  aheadMs: number;
}

/** A clock further off moves deadlines by more than anybody expects. */
const mostOffMs = 60_000;

/** Compares this machine's clock with what the last answer of the API said. */
export function checkClock({
  client,
  now,
}: {
  client: Pick<RunPodContext["client"], "readClock">;
  now(): Date;
}): ClockCheck {
  const reading = client.readClock();
  if (reading === null) return { now: now(), state: "unknown", aheadMs: 0 };
  const { apiTime, aheadMs, toleranceMs } = reading;
  const offMs = Math.abs(aheadMs);
  const isOff = offMs - toleranceMs > mostOffMs;
  const state = isOff ? "off" : offMs + toleranceMs <= mostOffMs + 1_000 ? "agrees" : "unknown";
  return { now: apiTime, state, aheadMs };
}

/** Says by how much this machine's clock is wrong, and what to do; empty where it is not known to be. */
export function describeWrongClock({ state, aheadMs }: ClockCheck): string {
  if (state !== "off") return "";
  const minutes = Math.abs(aheadMs) / 60_000;
  const [amount, unit] =
    minutes < 180
      ? [minutes, "minutes"]
      : minutes < 72 * 60
        ? [minutes / 60, "hours"]
        : [minutes / 1_440, "days"];
  const side = aheadMs > 0 ? "ahead of" : "behind";
  return (
    `This machine's clock is ${amount.toFixed(1).replace(/\.0$/, "")} ${unit} ${side} that of Runpod's API: ` +
    "set it, best by switching on the automatic time of the system."
  );
}
