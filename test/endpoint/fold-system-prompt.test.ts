import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ChatRequest } from "../../lib/src/endpoint/index.ts";
import { foldSystemPrompt } from "../../lib/src/endpoint/index.ts";

type Messages = ChatRequest["messages"];

describe("a system prompt for a model without a system role", () => {
  test("moves into the first user message, with a blank line between", () => {
    const messages: Messages = [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hello", name: "reader" },
      { role: "assistant", content: "Hi" },
      { role: "user", content: "How are you?" },
    ];
    const before = structuredClone(messages);
    assert.deepEqual(foldSystemPrompt(messages), [
      { role: "user", content: "Be brief.\n\nHello", name: "reader" },
      { role: "assistant", content: "Hi" },
      { role: "user", content: "How are you?" },
    ]);
    assert.deepEqual(messages, before);
  });

  test("of several messages becomes one", () => {
    const messages: Messages = [
      { role: "system", content: "Be brief." },
      { role: "developer", content: "Be kind." },
      { role: "user", content: "Hello" },
    ];
    assert.deepEqual(foldSystemPrompt(messages), [
      { role: "user", content: "Be brief.\n\nBe kind.\n\nHello" },
    ]);
  });

  test("becomes the user message where there is none", () => {
    assert.deepEqual(foldSystemPrompt([{ role: "system", content: "Be brief." }]), [
      { role: "user", content: "Be brief." },
    ]);
  });

  const untouched: [what: string, messages: Messages][] = [
    ["without messages", []],
    ["without a system prompt", [{ role: "user", content: "Hello" }]],
    [
      "where the assistant comes first",
      [
        { role: "system", content: "Be brief." },
        { role: "assistant", content: "Hi" },
      ],
    ],
    [
      "where a message has parts other than text",
      [
        { role: "system", content: "Be brief." },
        { role: "user", content: [{ type: "text", text: "Hello" }] },
      ],
    ],
  ];
  for (const [what, messages] of untouched) {
    test(`leaves a conversation as it is ${what}`, () => {
      const folded = foldSystemPrompt(messages);
      assert.deepEqual(folded, messages);
      assert.notEqual(folded, messages);
    });
  }
});
