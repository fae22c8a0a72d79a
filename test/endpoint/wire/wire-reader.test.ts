import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { createWireReader, type WireChunk } from "../../../lib/src/endpoint/wire/index.ts";
import { readCorpus } from "./corpus.ts";

/** Reads an answer that comes in these pieces; neighbouring texts are joined, for a cut may part them. */
function read(pieces: readonly Uint8Array[], { contentType = "text/event-stream", isCut = false } = {}) {
  const chunks: WireChunk[] = [];
  let frames = 0;
  const reader = createWireReader({
    contentType,
    onFrame: () => frames++,
    onChunk: (chunk) => chunks.push(chunk),
  });
  for (const piece of pieces) {
    reader.feed(Buffer.from(piece.buffer, piece.byteOffset, piece.length));
    // The reader does not keep the bytes: a load reads every answer into the same memory.
    piece.fill(0x58);
  }
  return { chunks, frames, end: reader.end({ isCut }) };
}

function cut(body: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (body.length + 1)), body.length].sort((a, b) => a - b);
  return ends.map((end, index) => new Uint8Array(body.subarray(ends[index - 1] ?? 0, end)));
}

const answers = readCorpus().filter(({ status }) => status < 300);

describe("an answer", () => {
  for (const { name, body: sent, headers, ends } of answers) {
    const body = headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent;
    const how = { contentType: headers["content-type"] ?? "", isCut: ends === "cut" };

    test(`says the same wherever its bytes are cut: ${name}`, () => {
      const whole = read([new Uint8Array(body)], how);
      assert.deepEqual(
        read(
          [...body].map((byte) => Uint8Array.of(byte)),
          how,
        ),
        whole,
      );
      const places = fc.array(fc.nat({ max: body.length }), { maxLength: 4 });
      fc.assert(
        fc.property(places, (at) => assert.deepEqual(read(cut(body, at), how), whole)),
        { numRuns: 40 },
      );
    });
  }

  test("never passes for a whole one where it is cut before its end", () => {
    for (const { name, body, headers, expect } of answers) {
      if (expect.failure !== null || headers["content-encoding"] !== undefined) continue;
      const whole = body.toString("latin1");
      const at = whole.search(/"finish_?[rR]eason": ?"[a-z]|\[DONE\]/);
      if (at < 0) continue;
      const { end } = read([new Uint8Array(body.subarray(0, at))], { isCut: true });
      assert.notEqual(end.failure, null, name);
    }
  });

  test("of anything at all never makes the reader throw, and never passes for whole without an end", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: "binary", maxLength: 300 }).map((text) => new TextEncoder().encode(text)),
      fc.json().map((json) => new TextEncoder().encode(`data: ${json}\n\n`)),
      fc.json().map((json) => new TextEncoder().encode(json)),
      fc.json().map((json) => new TextEncoder().encode(`data: {"choices":[${json}]}\n\n`)),
      fc
        .json()
        .map((json) => new TextEncoder().encode(`data: {"choices":[{"delta":${json}}],"usage":${json}}\n\n`)),
    );
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 5 }), fc.boolean(), (pieces, isCut) => {
        const { end } = read(pieces, { isCut });
        assert.notEqual(end.failure, null);
      }),
      { numRuns: 500 },
    );
  });
});
