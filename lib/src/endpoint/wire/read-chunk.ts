import { cleanName, writeJson } from "../../words/index.ts";
import { type Fields, fieldOf, isFields } from "./fields.ts";
import { findError } from "./find-error.ts";
import type { WireChunk, WireUsage } from "./wire-chunk.ts";

/**
 * Reads the JSON of one event, or of a whole answer, into what it says; `null` where it is no chunk and no error.
 *
 * The form is checked by hand, for every token of every stream passes here. A whole answer has a `message` in place of a
 * `delta`; so has the last event of MiniMax, with all of the text that has come: `hasDeltas` leaves that out.
 */
export function readChunk(
  chunk: unknown,
  { hasDeltas, isAside = false }: { hasDeltas: boolean; isAside?: boolean },
): WireChunk[] | null {
  if (!isFields(chunk)) return null;
  const { choices } = chunk;
  const body = findError(chunk, { isAside });
  if (body !== undefined) return [{ type: "error", failure: "error-in-stream", body }];
  if (choices != null && !Array.isArray(choices))
    return [{ type: "error", failure: "unreadable", body: chunk }];
  const chunks: WireChunk[] = [];
  let beside: "text" | "finish" | "nothing" = "nothing";
  if (Array.isArray(choices)) {
    for (const [position, choice] of choices.entries()) {
      if (!isFields(choice)) continue;
      if (beside === "nothing") beside = "text";
      if (readChoice(choice, { position, hasDeltas, chunks })) beside = "finish";
    }
  }
  const usage = readUsage(chunk["usage"]) ?? readUsage(usageElsewhere(chunk));
  if (usage !== null) chunks.unshift({ type: "usage", usage, beside });
  return chunks.length === 0 && !Array.isArray(choices) && !("usage" in chunk) ? null : chunks;
}

/** Adds what a choice says; returns whether it ends with it. */
function readChoice(
  fields: Fields,
  context: { position: number; hasDeltas: boolean; chunks: WireChunk[] },
): boolean {
  const { position, hasDeltas, chunks } = context;
  const index = fields["index"];
  const choice = typeof index === "number" ? index : position;
  const delta = fields["delta"] ?? (hasDeltas ? undefined : fields["message"]);
  if (isFields(delta)) {
    const thoughts = [
      delta["reasoning"],
      delta["reasoning_content"],
      delta["reasoning_text"],
      delta["thinking"],
      delta["reasoning_details"],
    ];
    for (const thought of thoughts) if (addText(thought, "reasoning", { choice, chunks })) break;
    addText(delta["content"], "text", { choice, chunks });
    addText(delta["refusal"], "text", { choice, chunks });
    addToolCalls(delta["tool_calls"], { choice, chunks });
    // Some servers give the older form beside the newer one.
    if (delta["tool_calls"] == null) addToolCalls([{ function: delta["function_call"] }], { choice, chunks });
  } else addText(delta ?? fields["text"], "text", { choice, chunks });
  const reason = fields["finish_reason"];
  if (typeof reason !== "string" || noReasons.has(reason.toLowerCase())) return false;
  const finishReason = cleanName(reason, 100);
  const stop = fields["stop_reason"];
  const isStop = typeof stop === "string" || typeof stop === "number";
  if (failureReasons.test(reason)) {
    const details = fields["native_finish_reason"] ?? fields["finish_message"] ?? "";
    const body = `finish reason ${finishReason} ${typeof details === "string" ? details : ""}`.trim();
    chunks.push({ type: "error", failure: "error-in-stream", body });
  } else {
    chunks.push({
      type: "finish",
      finishReason,
      stopReason: isStop ? cleanName(String(stop), 100) : null,
      choice,
    });
  }
  return true;
}

/** What SGLang, KoboldCpp, Gemini's gateways and others send with every chunk in place of `null`. */
const noReasons = new Set(["", "null", "none", "undefined", "finish_reason_unspecified"]);

/**
 * Finish reasons that stand for a failure: OpenRouter's and LiteLLM's `error`, GLM's `network_error`, Cohere's
 * `ERROR_TOXIC`, DeepSeek's `insufficient_system_resource`, what vLLM and SGLang say of an answer that they gave up.
 */
const failureReasons = /error|exception|fail|abort|cancel|timeout|^insufficient_system_resource$/i;

type Place = { choice: number; chunks: WireChunk[] };

/** Adds a text, or the texts of a list of parts, of which some are thoughts; returns whether there was any. */
function addText(value: unknown, type: "text" | "reasoning", place: Place, depth = 0): boolean {
  if (typeof value === "string") {
    if (value !== "") place.chunks.push({ type, text: value, choice: place.choice });
    return value !== "";
  }
  if (depth > deepestParts) return false;
  if (Array.isArray(value)) {
    return value.map((part) => addText(part, type, place, depth + 1)).some((isAny) => isAny);
  }
  if (!isFields(value)) return false;
  const isThought = value["thought"] === true || /^(?:thinking|reasoning)/.test(String(value["type"]));
  const text = ["text", "thinking", "reasoning", "summary", "refusal", "content"].find(
    (name) => value[name] != null,
  );
  return text !== undefined && addText(value[text], isThought ? "reasoning" : type, place, depth + 1);
}

/** No server nests the parts of a text more deeply. */
const deepestParts = 5;

function addToolCalls(calls: unknown, { choice, chunks }: Place): void {
  if (!Array.isArray(calls)) return;
  for (const [position, call] of calls.entries()) {
    const called = fieldOf(call, "function") ?? fieldOf(call, "custom");
    const given = fieldOf(called, "arguments") ?? fieldOf(called, "input") ?? "";
    const text = typeof given === "string" ? given : writeJson(given);
    const [name, id] = [readName(fieldOf(called, "name")), readName(fieldOf(call, "id"))];
    const index = fieldOf(call, "index");
    const place = typeof index === "number" ? index : position;
    if (text !== "" || name !== "") chunks.push({ type: "toolCall", text, choice, call: place, id, name });
  }
}

function readName(value: unknown): string {
  return typeof value === "string" ? cleanName(value, 200) : "";
}

/** Groq has counts in a field of its own, Moonshot in the choice. */
function usageElsewhere(chunk: Fields): unknown {
  const { choices } = chunk;
  return (
    fieldOf(chunk["x_groq"], "usage") ?? (Array.isArray(choices) ? fieldOf(choices[0], "usage") : undefined)
  );
}

function readUsage(value: unknown): WireUsage | null {
  if (!isFields(value)) return null;
  const { prompt_tokens, completion_tokens, total_tokens } = value;
  if (!isCount(prompt_tokens) || !isCount(completion_tokens)) return null;
  const total = isCount(total_tokens) ? total_tokens : prompt_tokens + completion_tokens;
  return { ...value, prompt_tokens, completion_tokens, total_tokens: total };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
