import type { AnswerText, Usage } from "./chat-wire.ts";

/** Splits one answer as it comes, and counts the tokens of its thoughts. */
export interface ReasoningSplitter {
  /** Takes the text of one step; a tag that may have begun in it is held back, unless it is the last. */
  push(text: string, isLast?: boolean): AnswerText;
  /** Adds the count of thoughts so far to a usage. */
  count(usage: Usage): Usage;
}

const passOn: ReasoningSplitter = {
  push: (content) => ({ thought: "", content }),
  count: (usage) => usage,
};

/**
 * Divides an answer into thoughts and the answer proper, as vLLM's reasoning parser does; the tags are left out.
 *
 * Each tag is a token of its own, but a stop string holds text back and so cuts tags in two. Without a parser, and
 * for models that do not think, everything is the answer.
 */
export function createReasoningSplitter(options: {
  reasoningField: string | undefined;
  /** Whether the answer begins with a thought. */
  isThinking: boolean;
}): ReasoningSplitter {
  if (options.reasoningField === undefined || options.reasoningField === "content") return passOn;
  let { isThinking } = options;
  let reasoningTokens = 0;
  let held = "";
  return {
    push(text, isLast = false) {
      if (!isThinking) return { thought: "", content: text };
      reasoningTokens++;
      const [thought = "", ...rest] = `${held}${text}`.replace("<think>", "").split("</think>");
      isThinking = rest.length === 0;
      const heldLength = isThinking && !isLast ? lengthOfBegunTag(thought) : 0;
      held = thought.slice(thought.length - heldLength);
      return { thought: thought.slice(0, thought.length - heldLength), content: rest.join("</think>") };
    },
    count: (usage) => ({ ...usage, reasoningTokens }),
  };
}

/** What the tags look like while only their first characters have come. */
const begunTags = ["<think>", "</think>"].flatMap((tag) =>
  [...tag].slice(1).map((_, index) => tag.slice(0, index + 1)),
);

/** How many characters at the end of a text may be the beginning of a tag. */
function lengthOfBegunTag(text: string): number {
  return Math.max(0, ...begunTags.filter((begun) => text.endsWith(begun)).map(({ length }) => length));
}
