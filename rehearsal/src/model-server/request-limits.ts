import { refuseParameter, VllmRefusal } from "./vllm-error.ts";

/** Refuses a length that the context has no room for, in vLLM's order of checks. */
export function checkLengths(options: {
  wantedTokens: number | undefined;
  lengthName: string;
  room: number;
  maxModelTokens: number;
}): void {
  const { wantedTokens, lengthName, room, maxModelTokens } = options;
  if (wantedTokens !== undefined && wantedTokens > maxModelTokens) {
    throw refuseParameter({
      message: `${lengthName}=${wantedTokens} cannot be greater than max_model_len=${maxModelTokens}. Please request fewer output tokens.`,
      parameter: lengthName,
      value: wantedTokens,
    });
  }
  if (room <= 0) {
    // vLLM stops counting one token past the limit, however long the prompt is.
    const counted = maxModelTokens + 1;
    throw refuseParameter({
      message:
        `This model's maximum context length is ${maxModelTokens} tokens. However, your prompt contains at least ${counted} input tokens, ` +
        "which exceeds this limit even without any output tokens. Please reduce the length of the input prompt.",
      parameter: "input_tokens",
      value: counted,
    });
  }
  if (wantedTokens !== undefined && wantedTokens < 1) {
    throw refuseParameter({
      message: `max_tokens must be at least 1, got ${wantedTokens}.`,
      parameter: "max_tokens",
      value: wantedTokens,
    });
  }
}

/** Refuses sampling parameters outside their ranges. */
export function checkSampling(options: {
  temperature: number;
  topP: number;
  topK: number;
  stops: readonly string[];
  count: number;
}): void {
  const { temperature, topP, topK, stops, count } = options;
  if (count < 1) throw new VllmRefusal(`n must be at least 1, got ${count}.`);
  if (count > 1) throw new VllmRefusal("n must be 1: the rehearsal gives one answer to a request.");
  if (temperature < 0) throw outOfRange("temperature", "non-negative", temperature);
  if (temperature > 2) throw outOfRange("temperature", "in [0, 2]", temperature);
  if (!(topP > 0 && topP <= 1)) throw outOfRange("top_p", "in (0, 1]", topP);
  if (topK < -1) throw new VllmRefusal(`top_k must be 0 (disable), or at least 1, got ${topK}.`);
  if (stops.includes("")) throw new VllmRefusal("stop cannot contain an empty string.");
}

function outOfRange(parameter: string, range: string, number: number): VllmRefusal {
  // As Python prints a float.
  const value = Number.isInteger(number) ? number.toFixed(1) : String(number);
  return refuseParameter({ message: `${parameter} must be ${range}, got ${value}.`, parameter, value });
}
