import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { printChat } from "../../lib/src/endpoint/index.ts";
import { sendJson, sendStream } from "../helpers/local-server.ts";
import { chunk, connectOpenAiLike, done } from "../helpers/openai-like.ts";

const messages = [{ role: "user" as const, content: "What time is it?" }];

/** Prints the answer of a server that sends these deltas; returns what was printed, and the calls. */
async function calls(t: Parameters<typeof connectOpenAiLike>[0], ...toolCalls: unknown[][]) {
  const endpoint = await connectOpenAiLike(t, (_request, response) =>
    sendStream(response, [
      ...toolCalls.map((tool_calls) => chunk({ delta: { tool_calls } })),
      chunk({ finish_reason: "tool_calls" }),
      done,
    ]),
  );
  let printed = "";
  const write = (text: string) => {
    printed += text;
  };
  const result = await printChat(endpoint, { messages }, { write });
  return { printed, toolCalls: result.toolCalls };
}

describe("the tool calls of an answer", () => {
  test("are put together from their pieces, and printed", async (t) => {
    const piece = (text: string) => [{ index: 0, function: { arguments: text } }];
    const first = [{ index: 0, id: "call-1", type: "function", function: { name: "clock", arguments: "" } }];
    const { printed, toolCalls } = await calls(t, first, piece('{"zone":'), piece('"UTC"}'));
    assert.deepEqual(toolCalls, [{ id: "call-1", name: "clock", arguments: '{"zone":"UTC"}' }]);
    assert.equal(printed, '[The model calls clock with {"zone":"UTC"}]\n');
  });

  test("are told apart by their numbers, and where a server gives none by their ids", async (t) => {
    const call = (id: string, index?: number) => ({
      id,
      index,
      function: { name: `tool-${id}`, arguments: "{}" },
    });
    const expected = ["a", "b"].map((id) => ({ id, name: `tool-${id}`, arguments: "{}" }));
    assert.deepEqual((await calls(t, [call("a", 0)], [call("b", 1)])).toolCalls, expected);
    assert.deepEqual((await calls(t, [call("a"), call("b")])).toolCalls, expected);
    assert.deepEqual((await calls(t, [call("a")], [call("b")])).toolCalls, expected);
  });

  test("keep the name that comes again with every piece", async (t) => {
    const piece = (text: string) => [{ index: 0, id: "a", function: { name: "clock", arguments: text } }];
    const { toolCalls } = await calls(t, piece('{"zone"'), piece(":1}"));
    assert.deepEqual(toolCalls, [{ id: "a", name: "clock", arguments: '{"zone":1}' }]);
  });

  test("come also from an answer that is no stream", async (t) => {
    const tool_calls = [{ id: "a", type: "function", function: { name: "clock", arguments: "{}" } }];
    const message = { role: "assistant", content: null, tool_calls };
    const endpoint = await connectOpenAiLike(t, (_request, response) =>
      sendJson(response, { choices: [{ index: 0, message, finish_reason: "tool_calls" }] }),
    );
    const { toolCalls } = await printChat(endpoint, { messages }, { write: () => {} });
    assert.deepEqual(toolCalls, [{ id: "a", name: "clock", arguments: "{}" }]);
  });

  test("show no control characters", async (t) => {
    const { toolCalls } = await calls(t, [
      { id: "a\u001b[31m", function: { name: "clo\u0007ck", arguments: "\u001b[2J{}" } },
    ]);
    assert.deepEqual(toolCalls, [{ id: "a", name: "clock", arguments: "{}" }]);
  });
});
