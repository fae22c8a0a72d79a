import { type ChatEvent, type ChatNotice, isOtherChoice } from "./chat-events.ts";
import type { Endpoint } from "./endpoint.ts";
import { describeThinkTags, hasThinkTags } from "./think-tags.ts";

/**
 * Follows the events of one answer, and gives the notices that a reader needs before the next event; each comes once.
 *
 * Of several answers to one request it follows the first.
 */
export function createAnswerNotices(endpoint: Endpoint): (event: ChatEvent) => ChatEvent[] {
  const given = new Set<ChatNotice>();
  let text = "";
  let hasReasoning = false;
  let hasTools = false;
  let hasFinished = false;

  return (event) => {
    const once = (kind: ChatNotice, sentence: string): ChatEvent[] => {
      if (given.has(kind)) return [];
      given.add(kind);
      return [notice(kind, sentence)];
    };
    if (isOtherChoice(event)) return once("several-choices", severalChoicesText);
    if (event.type === "text") text += event.text;
    hasReasoning ||= event.type === "reasoning";
    hasTools ||= event.type === "tool";
    if (event.type !== "finish") return [];
    const { finishReason } = event;
    const filtered = isFilterReason(finishReason) ? once("content-filtered", filteredText(finishReason)) : [];
    // Some servers send a finish with every chunk.
    if (hasFinished) return filtered;
    hasFinished = true;
    const thoughtsOnly = hasReasoning && !hasTools && text.trim() === "";
    return [
      ...filtered,
      ...(thoughtsOnly ? once("thoughts-only", thoughtsOnlyText(finishReason)) : []),
      ...(!hasReasoning && hasThinkTags(text) ? once("thoughts-in-text", describeThinkTags(endpoint)) : []),
    ];
  };
}

/** What OpenAI and Azure, GLM, and Gemini behind gateways say of an answer that a filter has ended. */
const filterReasons = new Set([
  ...["content_filter", "content_filtered", "sensitive", "guardrail_intervened"],
  ...["safety", "recitation", "blocklist", "prohibited_content", "spii"],
]);

/** Whether a finish reason says that a filter has ended the answer. */
export function isFilterReason(finishReason: string): boolean {
  return filterReasons.has(finishReason.toLowerCase());
}

const severalChoicesText =
  "The server sends several answers to this request: the first one is shown. streamChat gives all, each with its `choice`.";

function filteredText(finishReason: string): string {
  return `A filter of the server ended this answer (finish reason ${finishReason}): only a part of it is shown.`;
}

function thoughtsOnlyText(finishReason: string): string {
  return `The model thought, and gave no answer (finish reason ${finishReason}): raise max_tokens, or let it think less.`;
}

/** A notice of now, as an event. */
export function notice(kind: ChatNotice, text: string): ChatEvent {
  return { type: "notice", notice: kind, text, atMs: performance.now() };
}

/** Says that an answer came to its end and holds nothing, with the server's words. */
export function emptyText(words: string): string {
  const said = words === "" ? "" : ` (${words})`;
  return (
    `The answer is empty: no text, no thought, no tool call${said}. ` +
    "A filter, a stop string or too small a max_tokens can be the reason."
  );
}

/** What is said of an answer that came in one piece, so that no time of a token is known. */
export const notStreamedText =
  "The server sent the whole answer at once and not as a stream: the time to the first token is that of the whole answer.";
