import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { createStopScanner } from "../../rehearsal/src/model-server/stop-strings.ts";

/** Sends a text through a scanner in pieces, and gives what it lets through. */
function scan(pieces: readonly string[], stops: readonly string[]): { shown: string[]; stop: string | null } {
  const scanner = createStopScanner(stops);
  const shown: string[] = [];
  for (const piece of pieces) {
    const { text, stop } = scanner.push(piece);
    shown.push(text);
    if (stop !== null) return { shown, stop };
  }
  shown.push(scanner.rest());
  return { shown, stop: null };
}

/** Cuts a text into pieces after so many characters each. */
function cut(text: string, lengths: readonly number[]): string[] {
  const pieces: string[] = [];
  const characters = [...text];
  for (let index = 0; characters.length > 0; index++) {
    pieces.push(characters.splice(0, lengths[index % lengths.length] ?? 1).join(""));
  }
  return pieces;
}

describe("stop strings", () => {
  test("let everything through at once where there are none, or of one character", () => {
    assert.deepEqual(scan(["Hel", "lo"], []), { shown: ["Hel", "lo", ""], stop: null });
    assert.deepEqual(scan(["Hel", "lo"], ["x"]), { shown: ["Hel", "lo", ""], stop: null });
  });

  test("hold back as many characters as the longest one has, less one, as the recording of a vLLM shows", () => {
    // Ten characters are those of <|eot_id|>: nine are held back.
    assert.deepEqual(scan(["Hello", "!", " How", " can"], ["<|eot_id|>"]), {
      shown: ["", "", "H", "ello", "! How can"],
      stop: null,
    });
  });

  test("end the text before them, and say which it was", () => {
    assert.deepEqual(scan(["designed to", " ass", "ist you"], ["assist"]), {
      shown: ["design", "ed t", "o "],
      stop: "assist",
    });
    assert.deepEqual(scan(["one END two"], ["STOP", "END"]), { shown: ["one "], stop: "END" });
  });

  test("are found at the very beginning and at the very end", () => {
    assert.deepEqual(scan(["END", "more"], ["END"]), { shown: [""], stop: "END" });
    assert.deepEqual(scan(["a", "E", "N", "D"], ["END"]), { shown: ["", "", "a", ""], stop: "END" });
  });

  test("end the text at the one that is complete first, and of two such at the first of the list", () => {
    assert.deepEqual(scan(["a b"], ["b", "a"]), { shown: [""], stop: "a" });
    assert.deepEqual(scan(["abc"], ["abc", "b"]), { shown: ["a"], stop: "b" });
    assert.deepEqual(scan(["abc"], ["bc", "abc"]), { shown: ["a"], stop: "bc" });
    assert.deepEqual(scan(["abc"], ["abc", "bc"]), { shown: [""], stop: "abc" });
  });

  test("keep characters of two units whole", () => {
    assert.deepEqual(scan(["🙂🙂", "🙂"], ["ab"]), { shown: ["🙂", "🙂", "🙂"], stop: null });
  });
});

describe("whatever the pieces in which a text comes", () => {
  const character = fc.constantFrom("a", "b", "c", "🙂", "é");
  const word = (options: { minLength?: number; maxLength: number }) =>
    fc.array(character, options).map((characters) => characters.join(""));
  const text = word({ maxLength: 40 });
  const stops = fc.array(word({ minLength: 1, maxLength: 4 }), { maxLength: 3 });
  const lengths = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 8 });

  test("what is shown is the text before a stop string, or the whole text without one", () => {
    fc.assert(
      fc.property(text, stops, lengths, (whole, strings, pieceLengths) => {
        const { shown, stop } = scan(cut(whole, pieceLengths), strings);
        const visible = shown.join("");
        if (stop === null) {
          assert.equal(visible, whole);
          assert.ok(strings.every((string) => !whole.includes(string)));
        } else {
          assert.ok(strings.includes(stop));
          assert.ok(whole.startsWith(visible + stop));
          assert.ok(strings.every((string) => !visible.includes(string)));
        }
      }),
      { numRuns: 500 },
    );
  });

  test("never more than the longest stop string less one character is held back", () => {
    fc.assert(
      fc.property(text, stops, lengths, (whole, strings, pieceLengths) => {
        const scanner = createStopScanner(strings);
        const longest = Math.max(1, ...strings.map((string) => [...string].length));
        let given = "";
        let shown = "";
        for (const piece of cut(whole, pieceLengths)) {
          given += piece;
          const { text: visible, stop } = scanner.push(piece);
          shown += visible;
          if (stop !== null) return;
          assert.equal([...given].length - [...shown].length, Math.min([...given].length, longest - 1));
        }
      }),
      { numRuns: 500 },
    );
  });
});
