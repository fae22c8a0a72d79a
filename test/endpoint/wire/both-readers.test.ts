import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { createChatRecorder } from "../../../lib/src/endpoint/chat-result.ts";
import {
  ChatStreamError,
  connectEndpoint,
  type Endpoint,
  streamChat,
} from "../../../lib/src/endpoint/index.ts";

import type { WireChunk } from "../../../lib/src/endpoint/wire/index.ts";
import type { Flight } from "../../../lib/src/measure/flight.ts";
import { streamRequest } from "../../../lib/src/measure/stream-request.ts";
import { createLoadTransport } from "../../../lib/src/measure/transport/load-transport.ts";
import { type CorpusStream, readCorpus, serveCorpus } from "./corpus.ts";

type Reading = Omit<CorpusStream["expect"], "words"> & { said: string };

const nothing = { text: "", reasoning: "", toolArguments: "" };

async function readByChat(endpoint: Endpoint, request: object): Promise<Reading & { notices: string[] }> {
  const reading: Reading & { notices: string[] } = {
    ...nothing,
    finishReason: null,
    promptTokens: null,
    completionTokens: null,
    failure: null,
    said: "",
    notices: [],
  };
  const recorder = createChatRecorder({ hasStop: false });
  try {
    const messages = [{ role: "user" as const, content: "hello" }];
    for await (const event of streamChat(endpoint, { messages, ...request })) {
      recorder.add(event);
      if (event.type === "notice") {
        reading.notices.push(event.notice);
        if (event.notice === "empty-answer") Object.assign(reading, { failure: "empty", said: event.text });
      } else if (event.type !== "request" && event.type !== "usage" && event.choice === undefined) {
        if (event.type === "finish") reading.finishReason ??= event.finishReason;
        else reading[event.type === "tool" ? "toolArguments" : event.type] += event.text;
      }
    }
  } catch (error) {
    const { message } = error as Error;
    return {
      ...reading,
      ...countsOf(recorder),
      failure: error instanceof ChatStreamError ? (error.problem as "empty") : "refused",
      said: message,
    };
  }
  return { ...reading, ...countsOf(recorder) };
}

function countsOf(recorder: ReturnType<typeof createChatRecorder>) {
  const { usage } = recorder.result();
  return { promptTokens: usage?.prompt_tokens ?? null, completionTokens: usage?.completion_tokens ?? null };
}

async function readByMeasurement(t: TestContext, endpoint: Endpoint, request: object): Promise<Reading> {
  const transport = createLoadTransport(endpoint);
  t.after(() => transport.close());
  const said = { ...nothing };
  const flight = await new Promise<Flight>((resolve) => {
    const body = {
      model: endpoint.model,
      messages: [{ role: "user", content: "hello" }],
      stream: true,
      ...request,
    };
    const options = { index: 0, body: JSON.stringify(body), scheduledAt: 0 };
    const said_ = (_flight: Flight, chunk: WireChunk) => {
      if (!("choice" in chunk) || chunk.choice !== 0 || chunk.type === "finish") return;
      said[chunk.type === "toolCall" ? "toolArguments" : chunk.type] += chunk.text;
    };
    streamRequest(transport, {
      ...options,
      observer: { tokens() {}, chunk() {}, read() {}, said: said_, ended: resolve },
    });
  });
  const { finishReason, inputTokens: promptTokens, outputTokens: completionTokens, failure, error } = flight;
  return {
    ...said,
    finishReason,
    promptTokens,
    completionTokens,
    failure: failure as "empty" | null,
    said: error ?? "",
  };
}

describe("chat and measurement", () => {
  for (const stream of readCorpus()) {
    const { name, what, expect, request, notices } = stream;

    test(`read alike: ${name}. ${what}`, async (t) => {
      const server = await serveCorpus(t, stream, { splitAt: [Math.floor(stream.body.length / 2)] });
      const endpoint = await connectEndpoint({ baseUrl: server.url });
      const { said: chatSaid, notices: given, ...chat } = await readByChat(endpoint, request);
      const { said: measurementSaid, ...measurement } = await readByMeasurement(t, endpoint, request);
      const { words, ...expected } = expect;
      assert.deepEqual(chat, expected);
      assert.deepEqual(measurement, expected);
      for (const word of words) {
        assert.ok(chatSaid.includes(word), `${word} is not in: ${chatSaid}`);
        assert.ok(measurementSaid.includes(word), `${word} is not in: ${measurementSaid}`);
      }
      for (const notice of notices) assert.ok(given.includes(notice), `${notice} is not in: ${given}`);
    });
  }
});
