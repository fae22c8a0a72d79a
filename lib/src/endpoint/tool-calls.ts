import type { ChatEvent } from "./chat-events.ts";

/** A function that the model wants called, in OpenAI's words. */
export interface ToolCall {
  /** What the message with its result names. */
  id: string;
  name: string;
  /** JSON, as the model wrote it: it can be broken, or no fit for the function. */
  arguments: string;
}

/** Puts the calls of an answer together from their pieces. */
export function createToolCalls() {
  const calls: ToolCall[] = [];
  const byPlace = new Map<number, ToolCall>();

  return {
    add({ call: place, id, name, text }: Extract<ChatEvent, { type: "tool" }>): void {
      const known = byPlace.get(place);
      // Some servers do not number their calls.
      const isNew = known === undefined || (id !== "" && known.id !== "" && id !== known.id);
      const call = isNew ? { id: "", name: "", arguments: "" } : known;
      if (isNew) {
        calls.push(call);
        byPlace.set(place, call);
      }
      call.id ||= id;
      call.name ||= name;
      call.arguments += text;
    },
    list: (): readonly ToolCall[] => calls,
  };
}
