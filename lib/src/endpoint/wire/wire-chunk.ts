/**
 * One thing that a streamed answer says, in the order in which it says it. `choice` tells apart several answers to one
 * request: the first is 0, whatever number the server gives it.
 */
export type WireChunk =
  /** A piece of the answer, or of what the model thinks before it; never empty. */
  | { type: "text" | "reasoning"; text: string; choice: number }
  /** A piece of the arguments of a tool call, the answer's `call`th from 0; id and name are empty where they did not come. */
  | { type: "toolCall"; text: string; choice: number; call: number; id: string; name: string }
  /** Token counts, and what stands in the same chunk: counts beside a text are those so far, and come before it. */
  | { type: "usage"; usage: WireUsage; beside: "text" | "finish" | "nothing" }
  /** The answer ends; a reason that stands for a failure comes as an `error`. */
  | { type: "finish"; finishReason: string; stopReason: string | null; choice: number }
  /** The answer has failed: `body` is what the server sent, as it is. Nothing follows. */
  | { type: "error"; failure: WireFailure; body: unknown }
  /** A frame that says nothing of the answer, such as a ping. */
  | { type: "ignored"; data: string };

/** Token counts as servers report them, other fields included. */
export interface WireUsage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  [field: string]: unknown;
}

/**
 * Why an answer is no success: it holds nothing, it ended before its end, the server reported an error in it, it is no
 * stream of this API, or one of its events is longer than any that makes sense.
 */
export type WireFailure = "empty" | "cut-off" | "error-in-stream" | "unreadable" | "too-long";

/** How an answer came out; `body` is what the server sent of the failure, as it is. */
export interface WireEnd {
  /** `null`: it came whole. */
  failure: WireFailure | null;
  body: unknown;
  /** Whether it came as one JSON object in place of a stream: then no time of a token is known. */
  isStream: boolean;
}
