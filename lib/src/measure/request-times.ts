import type { Flight } from "./flight.ts";
import type { MeasurePlan } from "./measure-plan.ts";

/** When the wait for a request began: with arrivals of their own, requests that this side sent late have waited all the same. */
export function beganAt(flight: Flight, arrivals: MeasurePlan["arrivals"]): number {
  return arrivals === "closed" ? flight.sentAt : flight.scheduledAt;
}

/** Between two tokens of an answer, on average; `null` where it has one token, came in one piece, or without counts. */
export function timePerOutputToken({
  firstTokenAt,
  lastTokenAt,
  outputTokens,
  tokensAtFirstText,
  chunks,
}: Flight): number | null {
  const laterTokens = (outputTokens ?? 0) - tokensAtFirstText;
  if (firstTokenAt === null || lastTokenAt === null || laterTokens <= 0 || chunks <= 1) return null;
  return (lastTokenAt - firstTokenAt) / laterTokens;
}
