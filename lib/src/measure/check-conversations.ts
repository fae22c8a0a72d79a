import type { Endpoint } from "../endpoint/index.ts";
import { InputError } from "../errors.ts";

/** How requests of one conversation follow each other. */
export interface ConversationPlan {
  turns: number;
  sharedPromptTokens: number;
  thinkSeconds: number;
  promptTokens: number;
  outputTokens: number;
}

/**
 * Checks that conversations fit the model's context and the kind of arrivals.
 *
 * Arrivals at a rate are of single requests: a person who answers comes back when the answer has come, which no rate says.
 *
 * @throws InputError that says what fits.
 */
export function checkConversations(
  { maxModelTokens, model }: Pick<Endpoint, "maxModelTokens" | "model">,
  plan: ConversationPlan & { arrivals: "closed" | { requestsPerSecond: number } },
): void {
  const { turns, sharedPromptTokens, thinkSeconds, promptTokens, outputTokens, arrivals } = plan;
  if (turns > 1 && arrivals !== "closed") {
    throw new InputError(`Requests that arrive at a rate have one turn each, and turns is ${turns}.`, {
      remedy:
        'Leave turns out, or measure conversations with arrivals: "closed": a turn follows the answer before it.',
    });
  }
  if (thinkSeconds > 0 && turns === 1) {
    throw new InputError(
      `With one turn nobody pauses before the next one, and thinkSeconds is ${thinkSeconds}.`,
      {
        remedy: "Leave thinkSeconds out, or give turns: 2 or more.",
      },
    );
  }
  const each = promptTokens + outputTokens;
  const needed = sharedPromptTokens + turns * each;
  if (maxModelTokens === null || needed <= maxModelTokens) return;
  if (turns === 1 && sharedPromptTokens === 0) {
    throw new InputError(
      `A prompt of ${promptTokens} and an answer of ${outputTokens} tokens do not fit ${model}: ` +
        `its context holds ${maxModelTokens}.`,
      { remedy: `Let promptTokens and outputTokens add up to at most ${maxModelTokens}.` },
    );
  }
  const fitting = Math.floor((maxModelTokens - sharedPromptTokens) / each);
  throw new InputError(
    `A conversation comes to ${needed} tokens (${describeSum(plan)}), which do not fit ${model}: ` +
      `its context holds ${maxModelTokens}.`,
    {
      remedy:
        fitting > 0
          ? `With these lengths turns can be ${fitting} at most.`
          : "Make sharedPromptTokens, promptTokens or outputTokens smaller.",
    },
  );
}

/** For example `200 of the shared prompt, 3 turns of 64 + 32`. */
function describeSum({ turns, sharedPromptTokens, promptTokens, outputTokens }: ConversationPlan): string {
  const shared = sharedPromptTokens === 0 ? "" : `${sharedPromptTokens} of the shared prompt, `;
  return `${shared}${turns} ${turns === 1 ? "turn" : "turns"} of ${promptTokens} + ${outputTokens}`;
}
