import { randomBytes } from "node:crypto";
import { testedVllmVersion } from "workbook/facts";

/** What one answer has used so far. */
export interface Usage {
  promptTokens: number;
  completionTokens: number;
  /** How many of them were thoughts; left out where the server does not tell thoughts apart. */
  reasoningTokens?: number;
  /** What of the prompt came from the prefix cache, and went into it; left out where the server does not tell. */
  promptDetails?: { cached_tokens: number; created_cache_tokens: number };
}

/** What the bodies of one answer have in common. */
export interface AnswerIdentity {
  id: string;
  createdSeconds: number;
  model: string;
}

/** A piece of an answer, or all of it: what the model thinks first, and what it says. */
export interface AnswerText {
  thought: string;
  content: string;
}

const fingerprint = `vllm-${testedVllmVersion}-rehearsal`;

/** A fresh id with a prefix, in vLLM's form. */
export function randomId(prefix: string): string {
  return `${prefix}-${randomBytes(8).toString("hex")}`;
}

/**
 * Builds the events of one stream as they go over the wire, each ending in a blank line.
 *
 * What stays the same in every event is put together once: with thousands of streams, an event costs little more than
 * the JSON form of its few letters.
 */
export function streamEvents(options: AnswerIdentity & { hasRunningUsage: boolean }) {
  const { id, createdSeconds, model, hasRunningUsage } = options;
  const head = `data: {"id":"${id}","object":"chat.completion.chunk","created":${createdSeconds},"model":${JSON.stringify(model)}`;
  const running = (usage: Usage) =>
    hasRunningUsage
      ? `,"usage":{${usageFields(usage)},"completion_tokens_details":${usageDetails(usage)}}`
      : "";
  const fingerprintField = `,"system_fingerprint":"${fingerprint}"`;
  return {
    role: (usage: Usage) =>
      `${head},"choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]` +
      `${running(usage)},"prompt_token_ids":null,"prompt_text":null}\n\n`,
    /** A chunk with a delta, given as JSON. */
    delta: (delta: string, usage: Usage) =>
      `${head},"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":null,"token_ids":null}]` +
      `${running(usage)}}\n\n`,
    /** The last event with a delta; it carries the fingerprint where no usage event follows. */
    finish: (delta: string, ending: { reason: string; stop: string | null; isLast: boolean }, usage: Usage) =>
      `${head},"choices":[{"index":0,"delta":${delta},"logprobs":null,` +
      `"finish_reason":"${ending.reason}","stop_reason":${JSON.stringify(ending.stop)},"token_ids":null}]` +
      `${running(usage)}${ending.isLast ? fingerprintField : ""}}\n\n`,
    usage: (usage: Usage) => {
      const { promptDetails } = usage;
      const prompt =
        promptDetails === undefined ? "" : `,"prompt_tokens_details":${JSON.stringify(promptDetails)}`;
      const details =
        usage.reasoningTokens === undefined ? "" : `,"completion_tokens_details":${usageDetails(usage)}`;
      return `${head},"choices":[],"usage":{${usageFields(usage)}${prompt}${details}}${fingerprintField}}\n\n`;
    },
    error: (message: string) =>
      `data: ${JSON.stringify({ error: { message, type: "InternalServerError", param: null, code: 500 } })}\n\n`,
    done: "data: [DONE]\n\n",
  };
}

/** The body of an answer that is not streamed. */
export function chatCompletion(
  options: AnswerIdentity & {
    text: AnswerText;
    reasoningField: string | undefined;
    /** What the call of a tool changes in the message. */
    call: object;
    finishReason: string;
    stop: string | null;
    usage: Usage | null;
  },
): Record<string, unknown> {
  const { usage, reasoningField = "reasoning" } = options;
  const { thought, content } = options.text;
  return {
    id: options.id,
    object: "chat.completion",
    created: options.createdSeconds,
    model: options.model,
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          // A thought that was cut off leaves no answer.
          content: content === "" && thought !== "" ? null : content,
          refusal: null,
          annotations: null,
          audio: null,
          function_call: null,
          ...options.call,
          reasoning: null,
          ...(thought === "" ? {} : { [reasoningField]: thought }),
        },
        logprobs: null,
        finish_reason: options.finishReason,
        stop_reason: options.stop,
        token_ids: null,
        routed_experts: null,
      },
    ],
    service_tier: null,
    system_fingerprint: fingerprint,
    ...(usage === null
      ? {}
      : {
          usage: {
            ...usageObject(usage),
            prompt_tokens_details:
              usage.promptDetails === undefined ? null : { ...usage.promptDetails, multimodal_tokens: null },
            completion_tokens_details: detailsOf(usage),
          },
        }),
    prompt_logprobs: null,
    prompt_token_ids: null,
    prompt_text: null,
    kv_transfer_params: null,
    ec_transfer_params: null,
    metrics: null,
  };
}

function detailsOf({ reasoningTokens }: Usage): { reasoning_tokens: number } | null {
  return reasoningTokens === undefined ? null : { reasoning_tokens: reasoningTokens };
}

function usageDetails(usage: Usage): string {
  return JSON.stringify(detailsOf(usage));
}

function usageObject({ promptTokens, completionTokens }: Usage) {
  return {
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + completionTokens,
    completion_tokens: completionTokens,
  };
}

function usageFields({ promptTokens, completionTokens }: Usage): string {
  return `"prompt_tokens":${promptTokens},"total_tokens":${promptTokens + completionTokens},"completion_tokens":${completionTokens}`;
}
