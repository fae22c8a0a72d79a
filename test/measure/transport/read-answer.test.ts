import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { createAnswerReader } from "../../../lib/src/measure/transport/read-answer.ts";

interface Read {
  status: number | null;
  headers: Record<string, string>;
  body: string;
  progress: string;
  keepsOpen: boolean;
  /** What stands behind the answer. */
  rest: string;
}

/** Reads an answer in these pieces, each from the same buffer as a connection has it; then the server ends it. */
function read(pieces: readonly string[], { ends = true } = {}): Read {
  const result: Read = { status: null, headers: {}, body: "", progress: "", keepsOpen: false, rest: "" };
  const reader = createAnswerReader(({ status, headers }) => {
    assert.equal(result.status, null, "one head");
    result.status = status;
    result.headers = Object.fromEntries(headers);
    return (bytes, from, to) => {
      result.body += bytes.toString("latin1", from, to);
    };
  });
  const buffer = Buffer.alloc(Math.max(1, ...pieces.map(({ length }) => length)), "\n0\r\n");
  reader.begin();
  for (const piece of pieces) {
    buffer.write(piece, "latin1");
    const used = reader.read(buffer, piece.length);
    if (used >= 0) result.rest += piece.slice(used);
    buffer.fill("\n0\r\n");
  }
  if (ends) reader.endInput();
  result.progress = reader.progress();
  result.keepsOpen = reader.keepsOpen();
  return result;
}

const answer = (...lines: string[]) => lines.join("\r\n");
const ok = "HTTP/1.1 200 OK";

/** Cuts a text at these places. */
function cut(text: string, places: readonly number[]): string[] {
  const all = [...new Set([0, ...places.map((place) => place % text.length), text.length])];
  all.sort((one, other) => one - other);
  return all.slice(1).map((end, index) => text.slice(all[index], end));
}

/** An answer in any framing, with its body and whether its connection stays open. */
const answers = fc
  .record({
    parts: fc.array(fc.string({ unit: "binary", minLength: 1, maxLength: 30 }).map(toLatin1), {
      maxLength: 8,
    }),
    framing: fc.constantFrom("chunked", "length", "close"),
    lineEnd: fc.constantFrom("\r\n", "\n"),
    interim: fc.constantFrom("", "100 Continue", "103 Early Hints"),
    extension: fc.constantFrom("", ";name=value", ' ; a="b"', " "),
    trailer: fc.constantFrom("", "Server-Timing: total;dur=5"),
    upper: fc.boolean(),
    minorVersion: fc.constantFrom(0, 1),
  })
  .map(({ parts, framing, lineEnd: end, interim, extension, trailer, upper, minorVersion }) => {
    const body = parts.join("");
    const hex = (length: number) => (upper ? `00${length.toString(16).toUpperCase()}` : length.toString(16));
    const headers = {
      chunked: "Transfer-Encoding: Chunked",
      length: `Content-Length: ${body.length}`,
      close: "X-Other: 1",
    }[framing];
    const chunks = [...parts, ""].map(
      (part) => `${hex(part.length)}${extension}${end}${part}${part === "" ? "" : end}`,
    );
    const wire =
      (interim === "" ? "" : `HTTP/1.1 ${interim}${end}Link: <a>${end}${end}`) +
      `HTTP/1.${minorVersion} 200 Fine${end}${headers}${end}${end}` +
      (framing === "chunked" ? `${chunks.join("")}${trailer === "" ? "" : trailer + end}${end}` : body);
    return { wire, body, keepsOpen: framing !== "close" && minorVersion === 1 };
  });

function toLatin1(text: string): string {
  return Buffer.from(text).toString("latin1");
}

describe("an answer of HTTP/1.1", () => {
  test("is read alike wherever its bytes are cut", () => {
    fc.assert(
      fc.property(
        answers,
        fc.array(fc.nat(2_000), { maxLength: 20 }),
        ({ wire, body, keepsOpen }, places) => {
          const result = read(cut(wire, places));
          assert.deepEqual([result.body, result.progress, result.keepsOpen], [body, "whole", keepsOpen]);
          assert.equal(result.rest, "");
          assert.deepEqual(read([...wire]), result);
        },
      ),
    );
  });

  test("is not whole where its last byte is missing, unless the end of the connection ends it", () => {
    fc.assert(
      fc.property(answers, ({ wire, body }) => {
        const result = read([wire.slice(0, -1)]);
        const isUntilClose = wire.includes("X-Other");
        if (!isUntilClose) assert.equal(result.progress, "reading");
        else if (body !== "") assert.deepEqual([result.progress, result.body], ["whole", body.slice(0, -1)]);
      }),
    );
  });

  const cases: [name: string, wire: string, wanted: Partial<Read>][] = [
    [
      "gives what stands behind it back",
      answer(ok, "Content-Length: 2", "", "abHTTP/1.1 200"),
      { body: "ab", rest: "HTTP/1.1 200" },
    ],
    ["has no body with status 204", answer("HTTP/1.1 204 No Content", "", "x"), { body: "", rest: "x" }],
    [
      "has no body with status 304, whatever length it tells",
      answer("HTTP/1.1 304 Not Modified", "Content-Length: 5", "", ""),
      { progress: "whole", body: "" },
    ],
    [
      "needs no reason",
      answer("HTTP/1.1 200", "Content-Length: 0", "", ""),
      { status: 200, progress: "whole" },
    ],
    [
      "is in chunks once, however often its head says so",
      answer(ok, "Transfer-Encoding: chunked", "Transfer-Encoding: chunked", "", "2", "ab", "0", "", ""),
      { progress: "whole", body: "ab", keepsOpen: true },
    ],
    ["may follow an empty line", answer("", ok, "Content-Length: 0", "", ""), { progress: "whole" }],
    [
      "closes its connection where it says so",
      answer(ok, "Connection: Close", "Content-Length: 0", "", ""),
      { keepsOpen: false },
    ],
    [
      "keeps the connection of HTTP/1.0 where it says so",
      answer("HTTP/1.0 200 OK", "Connection: keep-alive", "Content-Length: 0", "", ""),
      { keepsOpen: true },
    ],
    [
      "joins headers of one name, and a value on two lines",
      answer(ok, "A: 1", "a : 2", "B: one", "\ttwo", "Content-Length: 0", "", ""),
      { headers: { a: "1, 2", b: "one two", "content-length": "0" } },
    ],
    [
      "takes the same length twice for one",
      answer(ok, "Content-Length: 1", "Content-Length: 1", "", "a"),
      { body: "a", keepsOpen: true },
    ],
    [
      "in chunks needs no length, and cannot be followed by another where it has one",
      answer(ok, "Transfer-Encoding: chunked", "Content-Length: 1", "", "2", "ab", "0", "", ""),
      { body: "ab", progress: "whole", keepsOpen: false },
    ],
    [
      "has no body yet when only its head came",
      answer(ok, "Content-Length: 1", "", ""),
      { progress: "reading" },
    ],
    ["has not begun where nothing came", "", { progress: "waiting" }],
  ];
  for (const [name, wire, wanted] of cases) {
    test(name, () => {
      const result = read(wire === "" ? [] : [wire]);
      for (const [key, value] of Object.entries(wanted)) {
        assert.deepEqual(Reflect.get(result, key), value, key);
      }
    });
  }
});

describe("what is no answer of HTTP/1.1", () => {
  const chunked = answer(ok, "Transfer-Encoding: chunked", "", "");
  const cases: [name: string, wire: string, words: RegExp][] = [
    ["another protocol, without any line end", "SSH-2.0-Open", /the answer is no HTTP\/1\.1: SSH-2\.0-Open/],
    ["one whose line never ends", "220 mail", /no HTTP\/1\.1: 220 mail/],
    ["a record of TLS", "\x15\x03\x03\x00\x02\x02\x46", /the answer is TLS.*https:/],
    ["HTTP/2", "HTTP/2 200 OK\r\n", /no HTTP\/1\.1: HTTP\/2/],
    ["a status that is none", answer("HTTP/1.1 ok", ""), /no HTTP\/1\.1: HTTP\/1\.1 ok/],
    ["a header without a colon", answer(ok, "nonsense", ""), /a line is no header: nonsense/],
    ["a header without a name", answer(ok, ": x", ""), /a line is no header: : x/],
    ["two lengths", answer(ok, "Content-Length: 1", "Content-Length: 2", "", ""), /content length .*1,2/],
    ["a length below zero", answer(ok, "Content-Length: -1", "", ""), /content length .*-1/],
    ["a length without end", answer(ok, `Content-Length: ${"9".repeat(30)}`, "", ""), /content length/],
    ["an unknown transfer encoding", answer(ok, "Transfer-Encoding: gzip, chunked", "", ""), /gzip,chunked/],
    ["a chunk without a size", `${chunked}\r\n`, /not cut into chunks/],
    ["a chunk with a size that is no number", `${chunked}xyz\r\n`, /not cut into chunks/],
    ["a chunk longer than it says", `${chunked}1\r\nab`, /not cut into chunks/],
    ["a chunk longer than any", `${chunked}${"f".repeat(20)}\r\n`, /not cut into chunks/],
    ["headers without end", answer(ok, ...Array<string>(9_000).fill("A: 1234")), /longer than 65,536 bytes/],
    ["one header without end", `${answer(ok, "A: ")}${"x".repeat(70_000)}`, /longer than 65,536 bytes/],
    [
      "interim answers without end",
      "HTTP/1.1 100 Continue\r\n\r\n".repeat(3_000),
      /longer than 65,536 bytes/,
    ],
    ["an extension without end", `${chunked}1;${"x".repeat(70_000)}`, /longer than 65,536 bytes/],
    ["trailers without end", `${chunked}0\r\n${"A: 1\r\n".repeat(20_000)}`, /longer than 65,536 bytes/],
  ];
  for (const [name, wire, words] of cases) {
    test(`${name} is refused, with words that say why`, () => {
      assert.throws(() => read([wire]), words);
      if (wire.length < 1_000)
        assert.throws(
          () => read([...wire]),
          (error: Error) => error.name === "AnswerFault",
        );
    });
  }
});
