import { seededRandom, seedOf } from "../seeded-random.ts";
import type { CommonHead, Conversations, Turn } from "./conversations.ts";
import type { Flight } from "./flight.ts";
import type { MeasurePlan } from "./measure-plan.ts";
import { withReserve, writePrompt } from "./prepare-requests.ts";
import { beginConversation, type Message, type RequestShape, writeBody } from "./request-shape.ts";

/**
 * Holds conversations: each grows by its answers as they came, and ends after its last turn, with a failed one, or where
 * the model's context would not hold another one.
 *
 * What a later prompt repeats are the prompt before it and its answer, but for the last token, which no cache keeps: nothing
 * was computed after it. Of an answer with a thought or a tool call, which is not sent back as it was, only the prompt before it counts.
 */
export function holdConversations(options: {
  plan: Pick<MeasurePlan, "seed" | "thinkSeconds" | "promptTokens">;
  shape: RequestShape;
  head: CommonHead;
  maxModelTokens: number | null;
  phase: string;
  turns: number;
  outputTokens: number;
}): Conversations {
  const { plan, shape, head, phase, turns, outputTokens } = options;
  const histories = new Map<number, Message[]>();
  const answers = new Map<Flight, { text: string; thought: string }>();
  const mostShared = shape.shared?.mostTokens ?? 0;
  let begun = 0;
  let shortened = 0;
  const maxTokens = options.maxModelTokens ?? Infinity;

  const isOver = ({ turn, outcome, conversation }: Flight) =>
    turn >= turns || outcome !== "completed" || !histories.has(conversation);

  /** Without counts a conversation is as long as it was planned, which fits. */
  const fitsAnother = ({ inputTokens, outputTokens: written }: Flight) =>
    (inputTokens ?? -Infinity) + (written ?? outputTokens) + plan.promptTokens + outputTokens <= maxTokens;

  const begin = (): Turn => {
    const conversation = begun++;
    const words = writePrompt({ seed: plan.seed, phase, index: conversation }, shape.promptWords);
    const { prompt, before } = beginConversation(shape, words);
    const body = writeBody(shape, { prompt, before, outputTokens });
    if (turns > 1) histories.set(conversation, [...before, { role: "user", content: prompt }]);
    const worstTokens = mostShared + shape.mostPromptTokens + outputTokens;
    return { conversation, turn: 1, body, worstTokens, repeatedTokens: head.isRead ? head.tokens : 0 };
  };

  const goOn = (flight: Flight, history: Message[]): Turn => {
    const { conversation, inputTokens, outputTokens: written } = flight;
    const turn = flight.turn + 1;
    const { text, thought } = answers.get(flight) ?? { text: "", thought: "" };
    // Most servers refuse a message without text, and one cut off in its thought, or that calls a tool, may have no other.
    history.push({ role: "assistant", content: text === "" ? thought : text });
    const prompt = writePrompt(
      { seed: plan.seed, phase: `${phase}, turn ${turn}`, index: conversation },
      shape.promptWords,
    );
    const body = writeBody(shape, { prompt, outputTokens, before: history });
    history.push({ role: "user", content: prompt });
    const most = (turn - 1) * (shape.mostPromptTokens + withReserve(outputTokens)) + mostShared;
    const historyTokens = inputTokens === null ? most : inputTokens + withReserve(written ?? outputTokens);
    const worstTokens = historyTokens + shape.mostPromptTokens + outputTokens;
    const kept = thought === "" ? Math.max(0, (written ?? 0) - 1) : 0;
    const repeatedTokens = inputTokens === null || written === null ? null : inputTokens + kept;
    return { conversation, turn, body, worstTokens, repeatedTokens };
  };

  return {
    next(previous) {
      const history = previous === null ? undefined : histories.get(previous.conversation);
      if (previous === null || history === undefined) return begin();
      const isShortened = !isOver(previous) && !fitsAnother(previous);
      if (isShortened) shortened++;
      const turn = isOver(previous) || isShortened ? begin() : goOn(previous, history);
      answers.delete(previous);
      if (turn.conversation !== previous.conversation) histories.delete(previous.conversation);
      return turn;
    },
    pauseMs(previous) {
      const { conversation, turn } = previous;
      if (plan.thinkSeconds === 0 || isOver(previous) || !fitsAnother(previous)) return 0;
      const random = seededRandom(seedOf(plan.seed, `${phase}, pause after turn ${turn}`, conversation));
      return -Math.log(1 - random()) * plan.thinkSeconds * 1_000;
    },
    said(flight, chunk) {
      if (chunk.type !== "text" && chunk.type !== "reasoning" && chunk.type !== "toolCall") return;
      head.isRead = true;
      if (turns === 1 || chunk.choice !== 0) return;
      const answer = answers.get(flight) ?? { text: "", thought: "" };
      answers.set(flight, answer);
      if (chunk.type === "text") answer.text += chunk.text;
      else answer.thought += chunk.text;
    },
    notes: () =>
      shortened === 0
        ? []
        : [
            `${shortened} of ${begun} conversations ended before turn ${turns}: the model's context of ${maxTokens} tokens would not have held another one.`,
          ],
  };
}
