import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { traceTokens } from "../../lib/src/measure/index.ts";
import { sendStream } from "../helpers/local-server.ts";
import { chunk, connectOpenAiLike, done } from "../helpers/openai-like.ts";
import { openTimedServer } from "../helpers/timed-server.ts";

const request = { messages: [{ role: "user" as const, content: "Hello" }], max_tokens: 12 };

describe("one answer under the microscope", () => {
  test("is counted in tokens where the server reports them on the way, and printed meanwhile", async (t) => {
    const { endpoint } = await openTimedServer(t);
    let printed = "";
    const { unit, arrivals } = await traceTokens(
      endpoint,
      { ...request, ignore_eos: true },
      {
        write: (text) => {
          printed += text;
        },
      },
    );
    assert.equal(unit, "tokens");
    assert.equal(arrivals.at(-1)?.count, 12);
    assert.equal(printed, `${arrivals.map(({ text }) => text).join("")}\n`);
    for (const [place, { atMs, count }] of arrivals.entries()) {
      assert.ok(atMs > 0 && atMs >= (arrivals[place - 1]?.atMs ?? 0));
      assert.ok(count > (arrivals[place - 1]?.count ?? 0));
    }
  });

  test("is counted in pieces where only a final count comes; the empty first piece is none", async (t) => {
    const usage = { prompt_tokens: 5, completion_tokens: 9, total_tokens: 14 };
    const endpoint = await connectOpenAiLike(t, (_, response) =>
      sendStream(response, [
        chunk({ delta: { role: "assistant", content: "" } }),
        chunk({ delta: { reasoning: "Hm. " } }),
        chunk({ delta: { content: "Good day" } }),
        chunk({ delta: {}, finish_reason: "stop" }),
        `data: ${JSON.stringify({ object: "chat.completion.chunk", choices: [], usage })}\n\n`,
        done,
      ]),
    );
    const { unit, arrivals } = await traceTokens(endpoint, request, { write: () => {} });
    assert.equal(unit, "pieces");
    assert.deepEqual(
      arrivals.map(({ count, text }) => [count, text]),
      [
        [1, "Hm. "],
        [2, "Good day"],
      ],
    );
  });

  test("has no arrivals where no text came", async (t) => {
    const endpoint = await connectOpenAiLike(t, (_, response) =>
      sendStream(response, [chunk({ delta: {}, finish_reason: "stop" }), done]),
    );
    const { arrivals } = await traceTokens(endpoint, request, { write: () => {} });
    assert.deepEqual(arrivals, []);
  });
});
