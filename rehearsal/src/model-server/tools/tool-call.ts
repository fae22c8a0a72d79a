import { type AnswerText, randomId } from "../chat-wire.ts";

/** The call of a tool whose arguments an answer writes, and why it is called. */
export interface ToolCall {
  name: string;
  by: "auto" | "required" | "name";
}

/** The finish_reason of an answer that writes a call: one that was cut off is no call. */
export function finishReasonOf(call: ToolCall | null, reason: "stop" | "length"): string {
  // OpenAI's rule, and vLLM's: a call of the tool that the request names ends like every other answer.
  return call !== null && call.by !== "name" && reason === "stop" ? "tool_calls" : reason;
}

/** What a call adds to the message of an answer that is not streamed; where it was cut off, it is shown as text. */
export function callMessage({ name, by }: ToolCall, written: string, isWhole: boolean) {
  if (!isWhole) return { content: `<tool_call>\n{"name": ${JSON.stringify(name)}, "arguments": ${written}` };
  return {
    content: by === "auto" ? null : "",
    function_call: null,
    tool_calls: [{ id: callId(), type: "function", function: { name, arguments: written } }],
  };
}

/** Makes the writer of a stream's deltas: the text of a step in, the JSON of each chunk's delta out. */
export function createDeltas(
  call: ToolCall | null,
  reasoningField = "reasoning",
): (text: AnswerText, isLast: boolean) => string[] {
  const thoughtField = (thought: string) => `"${reasoningField}":${JSON.stringify(thought)}`;
  if (call === null) {
    return ({ thought, content }) => {
      const field = `"content":${JSON.stringify(content)}`;
      if (thought === "") return [`{${field}}`];
      return [content === "" ? `{${thoughtField(thought)}}` : `{${thoughtField(thought)},${field}}`];
    };
  }
  let isNamed = false;
  const callDelta = (fields: object) => JSON.stringify({ content: null, tool_calls: [fields] });
  return ({ thought, content }, isLast) => {
    const deltas = thought === "" ? [] : [`{${thoughtField(thought)}}`];
    if (content !== "" && !isNamed) {
      isNamed = true;
      deltas.push(callDelta({ id: callId(), type: "function", index: 0, function: { name: call.name } }));
    }
    if (content !== "") deltas.push(callDelta({ index: 0, function: { arguments: content } }));
    return isLast ? [...deltas, "{}"] : deltas;
  };
}

function callId(): string {
  return randomId("chatcmpl-tool");
}
