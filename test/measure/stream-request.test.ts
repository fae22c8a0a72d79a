import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Flight } from "../../lib/src/measure/flight.ts";
import { streamRequest } from "../../lib/src/measure/stream-request.ts";
import type { LoadTransport } from "../../lib/src/measure/transport/load-transport.ts";

/** Answers one request with these pieces, each of them one read from the socket. */
function answering(pieces: readonly Buffer[]): LoadTransport {
  return {
    secrets: ["sk-canary-not-a-key"],
    close() {},
    post(_, on) {
      let isAborted = false;
      setImmediate(() => {
        const take = on.head(200, new Map([["content-type", "text/event-stream"]]));
        for (const piece of pieces) if (!isAborted) take(piece, 0, piece.length);
        if (!isAborted) on.end();
        on.closed();
      });
      return {
        abort() {
          isAborted = true;
        },
      };
    },
  };
}

async function run(pieces: readonly Buffer[]): Promise<{ flight: Flight; tokens: number; chunks: number }> {
  let tokens = 0;
  let chunks = 0;
  const flight = await new Promise<Flight>((resolve) => {
    streamRequest(answering(pieces), {
      index: 0,
      body: "{}",
      scheduledAt: 0,
      observer: {
        tokens: (_, { count }) => {
          tokens += count;
        },
        chunk: () => {
          chunks++;
        },
        read() {},
        ended: resolve,
      },
    });
  });
  return { flight, tokens, chunks };
}

const textArbitrary = fc.oneof(
  fc.constantFrom("", " word", "é", "🕰", "日本", "\u2028", 'quote " and \\', "\n", "\r\n", "data: [DONE]"),
  fc.string({ unit: "binary" }),
);

/** A whole stream as text, with the line ends, comments and further fields that the standard allows. */
const streamArbitrary = fc
  .record({
    texts: fc
      .array(textArbitrary, { minLength: 1, maxLength: 12 })
      .filter((texts) => texts.some((text) => text !== "")),
    tokensPerChunk: fc.integer({ min: 1, max: 5 }),
    lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
    noise: fc.array(fc.constantFrom("", ": keep-alive", "retry: 1000", "id: 7", ":"), { maxLength: 12 }),
    hasSpace: fc.boolean(),
  })
  .map(({ texts, tokensPerChunk, lineEnd, noise, hasSpace }) => {
    const data = `data:${hasSpace ? " " : ""}`;
    let wire = "";
    texts.forEach((content, index) => {
      const usage = { prompt_tokens: 9, completion_tokens: (index + 1) * tokensPerChunk };
      const choices = [{ index: 0, delta: { content }, finish_reason: null }];
      const line = noise[index] ?? "";
      if (line !== "") wire += line + lineEnd;
      wire += `${data}${JSON.stringify({ choices, usage })}${lineEnd}${lineEnd}`;
    });
    wire += `${data}${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: "length" }] })}${lineEnd}${lineEnd}`;
    wire += `${data}[DONE]${lineEnd}${lineEnd}`;
    return {
      bytes: Buffer.from(wire),
      chunks: texts.filter((text) => text !== "").length,
      tokens: texts.length * tokensPerChunk,
    };
  });

describe("a streamed answer, read for measuring", () => {
  test("gives the same counts wherever its bytes are cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        streamArbitrary,
        fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 20 }),
        async ({ bytes, chunks, tokens }, cuts) => {
          const places = [...new Set([0, ...cuts.map((cut) => cut % bytes.length), bytes.length])];
          places.sort((one, other) => one - other);
          const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
          const result = await run(pieces);
          assert.equal(result.flight.outcome, "completed", result.flight.error ?? "");
          assert.equal(result.chunks, chunks);
          assert.equal(result.flight.chunks, chunks);
          assert.equal(result.tokens, tokens);
          assert.equal(result.flight.outputTokens, tokens);
          assert.equal(result.flight.inputTokens, 9);
          assert.equal(result.flight.finishReason, "length");
        },
      ),
    );
  });

  test("gives the same counts byte by byte", async () => {
    const { bytes, chunks, tokens } = fc.sample(streamArbitrary, { numRuns: 1, seed: 5 })[0] ?? assert.fail();
    const result = await run([...bytes].map((byte) => Buffer.of(byte)));
    assert.equal(result.chunks, chunks);
    assert.equal(result.tokens, tokens);
  });

  const events = (...chunks: object[]) => [
    Buffer.from(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("")),
  ];

  test("counts reasoning and tool arguments as text, an empty delta not", async () => {
    const { flight } = await run(
      events(
        { choices: [{ delta: { role: "assistant", content: "" } }] },
        { choices: [{ delta: { reasoning: "hm" } }] },
        { choices: [{ delta: { reasoning_content: "hm" } }] },
        { choices: [{ delta: { tool_calls: [{ function: { arguments: "{}" } }] } }] },
        { choices: [{ delta: { content: null }, finish_reason: "tool_calls" }] },
      ),
    );
    assert.equal(flight.chunks, 3);
    assert.equal(flight.outcome, "completed");
  });

  test("does not take a count beside the finish reason for a running one", async () => {
    const { flight, tokens } = await run(
      events(
        { choices: [{ delta: { content: "one" } }] },
        {
          choices: [{ delta: { content: "two" }, finish_reason: "stop" }],
          usage: { prompt_tokens: 3, completion_tokens: 7 },
        },
      ),
    );
    assert.equal(flight.hasRunningUsage, false);
    assert.equal(flight.outputTokens, 7);
    assert.equal(tokens, 0);
  });

  test("knows how many tokens came with the first text, where a stop string held it back", async () => {
    const running = (content: string, completion_tokens: number) => ({
      choices: [{ delta: { content } }],
      usage: { prompt_tokens: 3, completion_tokens },
    });
    const { flight } = await run(
      events(running("", 0), running("", 1), running("", 2), running("held back", 3), running(" text", 4), {
        choices: [{ delta: {}, finish_reason: "length" }],
      }),
    );
    assert.equal(flight.tokensAtFirstText, 3);
    assert.equal(flight.chunks, 2);
    assert.equal(flight.outputTokens, 4);
  });

  test("has not come to its end with a finish that stands on every chunk; the last one holds", async () => {
    const each = (content: string, finish_reason: string) => ({
      choices: [{ delta: { content }, finish_reason }],
    });
    const { flight } = await run(events(each("one", "stop"), each("two", "stop"), each("three", "length")));
    assert.equal(flight.finishedAt, null);
    assert.equal(flight.finishReason, "length");
    assert.equal(flight.outcome, "completed");
  });

  test("fails with the server's words where the stream carries an error", async () => {
    const { flight } = await run(
      events(
        { choices: [{ delta: { content: "Hel" } }] },
        { error: { message: "EngineCore died", code: 500 } },
      ),
    );
    assert.equal(flight.outcome, "failed");
    assert.equal(flight.error, "error in the stream: EngineCore died");
  });

  test("fails where a chunk is no JSON, and never repeats the key", async () => {
    const { flight } = await run([Buffer.from("data: <html>sk-canary-not-a-key</html>\n\n")]);
    assert.equal(flight.outcome, "failed");
    assert.equal(flight.error, "the answer is not in OpenAI's format: <html>…</html>");
  });
});
