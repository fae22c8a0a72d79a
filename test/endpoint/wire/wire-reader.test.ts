import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { createWireReader, type WireChunk } from "../../../lib/src/endpoint/wire/index.ts";
import { readServerWords } from "../../../lib/src/words/index.ts";
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

  const chunk = (content: string) =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
  const readText = (text: string) => read([new TextEncoder().encode(text)]);
  const errors: [name: string, event: string][] = [
    ["in words, with a mark before them", "data: [ERROR] upstream timed out"],
    ["in words, as JSON", 'data: "Error: upstream timed out"'],
    ["as a line of its own", "Error: upstream timed out"],
    ["over several lines that are no field", '{\n  "error": {\n    "message": "upstream timed out"\n  }\n}'],
    ["of Bedrock's", 'data: {"modelStreamErrorException":{"message":"upstream timed out"}}'],
    ["of Tencent's", 'data: {"ErrorMsg":{"Msg":"upstream timed out","Code":4001}}'],
    ["named errmsg", 'data: {"errcode":45009,"errmsg":"upstream timed out"}'],
    ["of RFC 9457", 'data: {"type":"about:blank","title":"upstream timed out","status":504}'],
    ["within the delta", 'data: {"choices":[{"delta":{"error":{"message":"upstream timed out"}}}]}'],
    ["that is a flag beside a message", 'data: {"error":true,"message":"upstream timed out"}'],
    ["of Spring Boot's", 'data: {"status":504,"error":"Gateway Timeout","message":"upstream timed out"}'],
    ["by the event's name", 'event: exception\ndata: {"reason":"upstream timed out"}'],
    ["of the Responses API", 'data: {"type":"response.failed","response":{"error":"upstream timed out"}}'],
    ["after half a chunk", 'data: {"choi\ndata: {"error":"upstream timed out"}'],
  ];
  for (const [name, event] of errors) {
    test(`is none with an error ${name}`, () => {
      const { end } = readText(`${chunk("Hello")}${event}\n\ndata: [DONE]\n\n`);
      assert.equal(end.failure, "error-in-stream");
      assert.match(readServerWords(end.body), /upstream timed out/);
    });
  }

  test("that breaks off with a proxy's bare words shows them", () => {
    const { end } = readText(`${chunk("Hello")}upstream connect error or disconnect/reset before headers`);
    assert.deepEqual(
      [end.failure, end.body],
      ["cut-off", "upstream connect error or disconnect/reset before headers"],
    );
  });

  const asides: [name: string, event: string][] = [
    ["an event of another name has a message", 'event: agent.step\ndata: {"message":"Searching"}'],
    ["a frame reports success in words", 'data: {"code":0,"message":"success"}'],
    ["an error has only empty fields", 'data: {"error":{"message":"","code":0,"details":[]}}'],
    ["a line is no field", "http: superfluous call"],
  ];
  for (const [name, event] of asides) {
    test(`is whole though ${name}`, () => {
      const { chunks, end } = readText(`${chunk("Hello")}${event}\n\n${chunk(" there")}data: [DONE]\n\n`);
      assert.equal(end.failure, null);
      const texts = chunks.map((said) => (said.type === "text" ? said.text : ""));
      assert.equal(texts.join(""), "Hello there");
    });
  }

  test("of a gateway that calls no finish by a word of its own is cut off where it has no other end", () => {
    for (const reason of ["NULL", "none", "undefined", "FINISH_REASON_UNSPECIFIED"]) {
      const choice = { index: 0, delta: { content: "Hello" }, finish_reason: reason };
      const { end } = readText(`data: ${JSON.stringify({ choices: [choice] })}\n\n`);
      assert.equal(end.failure, "cut-off", reason);
    }
  });

  test("with a failure for its finish reason is none, whoever names it", () => {
    for (const reason of ["ERROR_TOXIC", "failed", "TIMEOUT", "USER_CANCEL", "server_error", "exception"]) {
      const choice = { index: 0, delta: { content: "Hello" }, finish_reason: reason };
      const { end } = readText(`data: ${JSON.stringify({ choices: [choice] })}\n\ndata: [DONE]\n\n`);
      assert.equal(end.failure, "error-in-stream", reason);
    }
  });

  test("of one chunk in place of a stream is cut off, for it is no whole completion", () => {
    const { end } = readText(chunk("Hello").slice("data: ".length));
    assert.equal(end.failure, "cut-off");
  });

  test("that has a finish on every chunk is cut off where its connection breaks", () => {
    const each = (content: string) =>
      chunk(content).replace("}]}", '},"finish_reason":"stop"}]}').replace("}},", "},");
    const bytes = () => new TextEncoder().encode(each("Hello") + each(" there"));
    assert.equal(read([bytes()], { isCut: true }).end.failure, "cut-off");
    assert.equal(read([bytes()], { isCut: false }).end.failure, null);
  });

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
