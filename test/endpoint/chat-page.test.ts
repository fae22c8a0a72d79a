import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { createChatPage } from "../../lib/src/endpoint/print-chat.ts";

type ChatPage = ReturnType<typeof createChatPage>;

/** What a page shows after these calls, in this order. */
function show(...calls: ((page: ChatPage) => void)[]): string {
  let shown = "";
  const page = createChatPage((text) => {
    shown += text;
  });
  for (const call of calls) call(page);
  page.end();
  return shown;
}

const thought = (text: string) => (page: ChatPage) => page.addThought(text);
const text = (words: string) => (page: ChatPage) => page.addText(words);
const notice = (words: string) => (page: ChatPage) => page.addNotice(words);

describe("an answer on the page", () => {
  test("is its text and the end of its line", () => {
    assert.equal(show(text("Hel"), text("lo")), "Hello\n");
    assert.equal(show(), "");
  });

  test("stands below its thoughts, which are indented line by line", () => {
    assert.equal(
      show(
        thought("\nLet me"),
        thought(" see.\nIt is"),
        thought(" 4.\n\n"),
        text("\n\nFour."),
        text("\n\nYes."),
      ),
      "Thinking:\n  │ Let me see.\n  │ It is 4.\n\nAnswer:\nFour.\n\nYes.\n",
    );
  });

  test("may stop in the middle of a thought", () => {
    assert.equal(show(thought("Let me")), "Thinking:\n  │ Let me\n");
  });

  test("comes after what a reader must know beforehand, and before what shows only later", () => {
    assert.equal(show(notice("Moved."), text("Hi"), notice("Thoughts.")), "[Moved.]\nHi\n[Thoughts.]\n");
  });

  test("has its thoughts in the same lines, however they come in pieces", () => {
    const words = fc.string({ unit: fc.constantFrom("a", " ", "\n") });
    fc.assert(
      fc.property(fc.array(words), (pieces) => {
        const whole = pieces.join("");
        assert.equal(show(...pieces.map(thought)), show(thought(whole)));
      }),
    );
  });
});
