import type { AnswerText, Usage } from "./chat-wire.ts";

/** Divides one answer as it comes, and counts the tokens of its thoughts. */
export interface ReasoningSplitter {
  /** Takes the text of one token. */
  push(text: string): AnswerText;
  /** Adds the count of thoughts so far to a usage. */
  count(usage: Usage): Usage;
}

const passOn: ReasoningSplitter = {
  push: (content) => ({ thought: "", content }),
  count: (usage) => usage,
};

/**
 * Divides an answer into thoughts and the answer proper, as vLLM's reasoning parser does; the marks are left out.
 *
 * Each mark is a token of its own. Without a parser, and for models that do not think, everything is the answer.
 */
export function createReasoningSplitter(options: {
  reasoningField: string | undefined;
  /** Whether the answer begins with a thought. */
  isThinking: boolean;
}): ReasoningSplitter {
  if (options.reasoningField === undefined || options.reasoningField === "content") return passOn;
  let { isThinking } = options;
  let reasoningTokens = 0;
  return {
    push(text) {
      if (!isThinking) return { thought: "", content: text };
      reasoningTokens++;
      const [thought = "", ...rest] = text.replace("<think>", "").split("</think>");
      isThinking = rest.length === 0;
      return { thought, content: rest.join("</think>") };
    },
    count: (usage) => ({ ...usage, reasoningTokens }),
  };
}
