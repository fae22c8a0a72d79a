import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { ChatStreamError, printChat } from "../../lib/src/endpoint/index.ts";
import { sendStream } from "../helpers/local-server.ts";
import { chunk, connectOpenAiLike, done } from "../helpers/openai-like.ts";
import { openTimedServer } from "../helpers/timed-server.ts";

const messages = [{ role: "user" as const, content: "Hello" }];
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };

/** Takes what is printed. */
function createPaper(): { write: (text: string) => void; text(): string; writes: string[] } {
  const writes: string[] = [];
  return { write: (text) => writes.push(text), text: () => writes.join(""), writes };
}

describe("printChat", () => {
  test("prints the answer and a line break, and returns it with its figures", async (t) => {
    const endpoint = await connectOpenAiLike(t, (_request, response) =>
      sendStream(response, [
        chunk({ delta: { content: "Hello" } }),
        chunk({ delta: { content: ", world" }, finish_reason: "stop", usage }),
        done,
      ]),
    );
    const paper = createPaper();
    const result = await printChat(endpoint, { messages }, { write: paper.write });
    assert.equal(paper.text(), "Hello, world\n");
    assert.equal(paper.writes[0], "Hello");
    assert.equal(result.text, "Hello, world");
    assert.deepEqual(result.usage, usage);
    assert.equal(result.finishReason, "stop");
    assert.match(inspect(result), /^\[2 tokens, first text after \d+ ms/);
  });

  test("has printed everything when it returns, also an answer of 3,000 tokens", async (t) => {
    const { endpoint } = await openTimedServer(t);
    const paper = createPaper();
    const result = await printChat(
      endpoint,
      { messages, max_tokens: 60, ignore_eos: true, seed: 1 },
      { write: paper.write },
    );
    assert.equal(paper.text(), `${result.text}\n`);
    assert.equal(result.usage?.completion_tokens, 60);
    assert.equal(result.finishReason, "length");
    assert.equal(result.isRateApproximate, false);
    assert.equal(result.isFirstTokenHeldBack, false);

    const long = Array.from({ length: 3_000 }, (_, index) => chunk({ delta: { content: `${index} ` } }));
    const longEndpoint = await connectOpenAiLike(t, (_request, response) =>
      sendStream(response, [...long, done]),
    );
    const longPaper = createPaper();
    await printChat(longEndpoint, { messages }, { write: longPaper.write });
    assert.equal(longPaper.text(), `${Array.from({ length: 3_000 }, (_, index) => `${index} `).join("")}\n`);
  });

  test("leaves control characters out of what it prints and of what it returns", async (t) => {
    const endpoint = await connectOpenAiLike(t, (_request, response) =>
      sendStream(response, [
        chunk({ delta: { reasoning: "\x07think\x1b[2J" } }),
        chunk({ delta: { content: "a\x1b[3" } }),
        chunk({ delta: { content: "1mb\x1b]0;title\x07c\r\n\td\x9b1m" }, finish_reason: "stop" }),
        done,
      ]),
    );
    const paper = createPaper();
    const result = await printChat(endpoint, { messages }, { write: paper.write });
    assert.equal(paper.text(), "Thinking:\n  │ think\n\nAnswer:\nabc\n\td\n");
    assert.equal(result.text, "abc\n\td");
    assert.equal(result.reasoning, "think");
  });

  test("prints thoughts under a label of their own, also where no answer follows", async (t) => {
    const thoughts = [
      chunk({ delta: { reasoning: "Let me " } }),
      chunk({ delta: { reasoning: "see" }, finish_reason: "length" }),
    ];
    const endpoint = await connectOpenAiLike(t, (_request, response) =>
      sendStream(response, [...thoughts, done]),
    );
    const paper = createPaper();
    const result = await printChat(endpoint, { messages }, { write: paper.write });
    const notice =
      "The model thought, and gave no answer (finish reason length): raise max_tokens, or let it think less.";
    assert.equal(paper.text(), `Thinking:\n  │ Let me see\n[${notice}]\n`);
    assert.equal(result.text, "");
    assert.deepEqual(result.notices, [notice]);
  });

  test("says of an empty answer that it is empty", async (t) => {
    const endpoint = await connectOpenAiLike(t, (_request, response) =>
      sendStream(response, [chunk({ finish_reason: "stop" }), done]),
    );
    const paper = createPaper();
    const result = await printChat(endpoint, { messages }, { write: paper.write });
    assert.match(
      paper.text(),
      /^\[The answer is empty: no text, no thought, no tool call \(finish reason stop\)\. .*\]\n$/,
    );
    assert.equal(result.text, "");
    assert.equal(result.timeToFirstTokenMs, null);
  });

  test("marks the first token as held back with a stop, and only then", async (t) => {
    const { endpoint } = await openTimedServer(t);
    const cases: [stop: string | string[] | null, isHeldBack: boolean][] = [
      ["<|eot_id|>", true],
      [["a", "b"], true],
      [[], false],
      [null, false],
    ];
    for (const [stop, isHeldBack] of cases) {
      const result = await printChat(endpoint, { messages, max_tokens: 3, stop }, { write: () => {} });
      assert.equal(result.isFirstTokenHeldBack, isHeldBack, JSON.stringify(stop));
    }
  });

  test("has printed the text so far, with a line break, when the stream breaks off", async (t) => {
    const endpoint = await connectOpenAiLike(t, (_request, response) =>
      sendStream(response, [chunk({ delta: { content: "Hel" } }), chunk({ delta: { content: "lo" } })]),
    );
    const paper = createPaper();
    await assert.rejects(printChat(endpoint, { messages }, { write: paper.write }), (error) => {
      assert.ok(error instanceof ChatStreamError);
      assert.equal(error.text, "Hello");
      return true;
    });
    assert.equal(paper.text(), "Hello\n");
  });

  test("can be interrupted by a signal", async (t) => {
    const endpoint = await connectOpenAiLike(t, (_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(chunk({ delta: { content: "Hello" } }));
    });
    const controller = new AbortController();
    const paper = createPaper();
    const write = (text: string) => {
      paper.write(text);
      controller.abort();
    };
    await assert.rejects(printChat(endpoint, { messages }, { write, signal: controller.signal }), {
      name: "ChatStreamError",
      problem: "interrupted",
      text: "Hello",
    });
    assert.equal(paper.text(), "Hello\n");
  });
});
