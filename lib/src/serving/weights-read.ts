import type { Model } from "../facts/index.ts";

/** Which part of a model's weights a step of the engine reads. */
export interface WeightsRead {
  /** By the tokens of the step, one for each stream. */
  share(tokens: number): number;
  /** `false`: a mixture whose experts nobody counted; then `share` is the least that a step can read. */
  isKnown: boolean;
  /** What that rests on, in words that begin a sentence. */
  assumption: string;
}

/**
 * Tells which part of its weights a model reads in a step: all, or of a mixture the experts that the step's tokens hit.
 *
 * A token hits k of E experts, so n tokens miss one with a chance of (1 − k/E)^n if all are chosen alike. With a as the part
 * that works on one token, a step of n reads 1 − (1 − a) × (1 − k/E)^(n − 1) of the weights.
 */
export function weightsRead(
  model: Pick<Model, "parametersBillion"> &
    Partial<Pick<Model, "activeParametersBillion" | "experts" | "expertsPerToken">>,
): WeightsRead {
  const { parametersBillion, activeParametersBillion = null, experts = null, expertsPerToken = null } = model;
  if (activeParametersBillion === null) {
    return { share: () => 1, isKnown: true, assumption: "All weights read once a step" };
  }
  const active = activeParametersBillion / parametersBillion;
  if (experts === null || expertsPerToken === null) {
    return {
      share: () => active,
      isKnown: false,
      assumption:
        "Only the experts of one token read in a step, since their number is not in the table (many streams read up to all)",
    };
  }
  const missed = 1 - expertsPerToken / experts;
  return {
    share: (tokens) => 1 - (1 - active) * missed ** (tokens - 1),
    isKnown: true,
    assumption: `Of ${experts} experts those read that a step's tokens hit, ${expertsPerToken} each and all alike`,
  };
}
