import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type ChatEvent, connectEndpoint, streamChat } from "../../lib/src/endpoint/index.ts";

const lines = [
  ": a comment",
  'data: {"choices":[{"delta":{"role":"assistant","content":""}}]}',
  'data: {"choices":[{"delta":{"content":"Grüße, "}}]}',
  'data: {"choices":[{"delta":{"content":"世界 🙂"}}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}',
  'data: {"choices":[{"delta":{"reasoning":"data: \\n\\n"}}]}',
  'event: message\nid: 1\ndata: {"choices":[{"delta":{"content":"!"},"finish_reason":"stop"}]}',
  'data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}',
  "data: [DONE]",
];

const expected = [
  { type: "text", text: "Grüße, " },
  {
    type: "usage",
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    isFinal: false,
  },
  { type: "text", text: "世界 🙂" },
  { type: "reasoning", text: "data: \n\n" },
  { type: "text", text: "!" },
  { type: "finish", finishReason: "stop", stopReason: null },
  { type: "usage", usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }, isFinal: true },
];

/** A body that arrives in pieces, cut at these places. */
function bodyInPieces(bytes: Uint8Array, cuts: readonly number[]): ReadableStream<Uint8Array> {
  const places = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length];
  return ReadableStream.from(places.slice(1).map((end, index) => bytes.slice(places[index], end)));
}

test("the same bytes give the same events, however the network cuts them, within a character too", async () => {
  let body = new ReadableStream<Uint8Array>();
  const answer = async (input: unknown) =>
    String(input).endsWith("/chat/completions")
      ? new Response(body, { headers: { "content-type": "text/event-stream" } })
      : Response.json({ data: [{ id: "small" }] });
  const endpoint = await connectEndpoint({ baseUrl: "http://127.0.0.1", fetch: answer as typeof fetch });

  const cuts = fc.array(fc.nat({ max: 10_000 }), { maxLength: 60 });
  const lineBreak = fc.constantFrom("\n", "\r\n", "\r");
  await fc.assert(
    fc.asyncProperty(cuts, lineBreak, async (places, ending) => {
      const text = lines.map((line) => line.replaceAll("\n", ending) + ending + ending).join("");
      body = bodyInPieces(new TextEncoder().encode(text), places);
      const events: Omit<ChatEvent, "atMs">[] = [];
      for await (const { atMs, ...event } of streamChat(endpoint, { messages: [] })) {
        if (event.type !== "request") events.push(event);
        assert.ok(atMs > 0);
      }
      assert.deepEqual(events, expected);
    }),
    { numRuns: 150 },
  );
});
