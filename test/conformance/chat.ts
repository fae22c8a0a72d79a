import assert from "node:assert/strict";
import { askOnce, type ConformanceContext } from "./check.ts";
import {
  type ChatChunk,
  type ChatChunkChoice,
  type ChatCompletion,
  chatChunkSchema,
  chatCompletionSchema,
  modelListSchema,
  type Usage,
} from "./schemas.ts";
import { readJson, send, type WireAnswer } from "./send.ts";

/** Fields of a chat request; one that is `undefined` is left out of the body. */
export type ChatFields = Record<string, unknown>;

/** What one answer said and used. */
export interface ChatAnswer {
  text: string;
  finishReason: "stop" | "length";
  stopReason: string | null;
  usage: Usage;
  body: ChatCompletion;
}

/** A stream that has been read to its end. */
export interface ChatStream {
  /** Every event but `[DONE]`. */
  chunks: ChatChunk[];
  /** The choice of each chunk that has one, the role chunk first. */
  choices: ChatChunkChoice[];
  /** Text of each choice after the role chunk. */
  pieces: string[];
  text: string;
  finishReason: "stop" | "length";
  stopReason: string | null;
  /** Usage of the last chunk, `null` where it has none. */
  usage: Usage | null;
}

/** Builds the message list of one user's question. */
export function userSays(content: string): { role: "user"; content: string }[] {
  return [{ role: "user", content }];
}

/** Builds the body of a chat request: greedy, eight tokens, one question, unless the fields say otherwise. */
export function chatBody(context: ConformanceContext, fields: ChatFields): ChatFields {
  return {
    model: context.model,
    messages: userSays("Hello, how are you?"),
    temperature: 0,
    max_tokens: 8,
    ...fields,
  };
}

/** Asks for a whole answer. */
export async function askChat(context: ConformanceContext, fields: ChatFields): Promise<ChatAnswer> {
  const path = "/v1/chat/completions";
  return readChatAnswer(await send(context, { path, body: chatBody(context, fields) }));
}

/** Reads a whole answer. */
export function readChatAnswer(answer: WireAnswer): ChatAnswer {
  const body = chatCompletionSchema.parse(readJson(answer, 200));
  const [choice] = body.choices;
  return {
    text: choice.message.content,
    finishReason: choice.finish_reason,
    stopReason: choice.stop_reason,
    usage: body.usage,
    body,
  };
}

/** Asks for a streamed answer, with its usage unless the fields say otherwise, and reads it to the end. */
export async function streamChat(context: ConformanceContext, fields: ChatFields): Promise<ChatStream> {
  const body = chatBody(context, { stream: true, stream_options: { include_usage: true }, ...fields });
  return readChatStream(await send(context, { path: "/v1/chat/completions", body }));
}

/** Reads a stream: events of one line, each followed by a blank line, the last of them `[DONE]`. */
export function readChatStream(answer: WireAnswer): ChatStream {
  assert.equal(answer.status, 200, `status ${answer.status} with body ${answer.text}`);
  assert.equal(answer.headers.get("content-type"), "text/event-stream; charset=utf-8");
  const events = answer.text.split("\n\n");
  assert.equal(events.pop(), "", "the stream does not end in a blank line");
  assert.equal(events.pop(), "data: [DONE]", "the last event is not [DONE]");
  const chunks = events.map((event) => {
    assert.match(event, /^data: \{.*\}$/, "an event is not one line of `data: {…}`");
    return chatChunkSchema.parse(JSON.parse(event.slice("data: ".length)));
  });
  const choices = chunks.flatMap((chunk) => chunk.choices);
  const last = choices.at(-1);
  assert.ok(last?.finish_reason, "the last choice of the stream has no finish_reason");
  const pieces = choices.slice(1).map((choice) => choice.delta.content);
  return {
    chunks,
    choices,
    pieces,
    text: pieces.join(""),
    finishReason: last.finish_reason,
    stopReason: last.stop_reason ?? null,
    usage: chunks.at(-1)?.usage ?? null,
  };
}

const questionsWithAnEnd = ["Say hello.", "Hello, how are you?", "What is a cat?", "Who are you?"];
const naturalEndLimitTokens = 256;

/** Finds a question whose greedy answer the model ends by itself, and gives that answer. */
export const findNaturalEnd = askOnce(async (context) => {
  for (const question of questionsWithAnEnd) {
    const messages = userSays(question);
    const answer = await askChat(context, { messages, max_tokens: naturalEndLimitTokens });
    if (answer.finishReason === "stop") return { messages, answer };
  }
  assert.fail(`the model ends none of its answers within ${naturalEndLimitTokens} tokens`);
});

/** Reads how many tokens a prompt and its answer may have together. */
export const readMaxModelTokens = askOnce(async (context) => {
  const list = modelListSchema.parse(readJson(await send(context, { path: "/v1/models" }), 200));
  const served = list.data.find(({ id }) => id === context.model);
  assert.ok(served, `/v1/models does not list ${context.model}`);
  assert.ok(served.max_model_len !== null, `/v1/models does not say how long a context ${context.model} has`);
  return served.max_model_len;
});
