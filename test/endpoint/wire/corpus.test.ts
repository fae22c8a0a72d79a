import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readCorpus, serveCorpus } from "./corpus.ts";

const corpus = readCorpus();

describe("the corpus of streams", () => {
  test("has many streams of many servers", () => {
    assert.ok(corpus.length >= 75, `${corpus.length} streams`);
    const servers = new Set(corpus.map(({ server }) => server));
    assert.ok(servers.size >= 16, [...servers].join(", "));
  });

  test("names each file after its server", () => {
    for (const { name, server } of corpus) {
      const letters = server.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
      const [start = ""] = name.split("-");
      assert.ok(letters.includes(start) || start === initials(server), `${name}: ${server}`);
    }
  });

  test("has whole answers and every kind of failure", () => {
    const kinds = new Set(corpus.map(({ expect }) => expect.failure));
    const all = [null, "empty", "cut-off", "error-in-stream", "unreadable", "refused"];
    assert.deepEqual(new Set(all), kinds);
  });

  test("expects of a whole answer some text, thought or tool call, and no words of an error", () => {
    for (const { name, expect, body } of corpus.filter(({ expect }) => expect.failure === null)) {
      const said = expect.text + expect.reasoning + expect.toolArguments;
      assert.ok(said !== "" || body.includes('"tool_calls":[{'), name);
      assert.deepEqual(expect.words, [], name);
    }
  });
});

test("a stream is sent to the byte, however it is cut into pieces", async (t) => {
  for (const stream of corpus.filter(({ ends }) => ends === "whole")) {
    const { url } = await serveCorpus(t, stream, { splitAt: [1, 2, stream.body.length - 1] });
    const answer = await fetch(`${url}/v1/chat/completions`, { method: "POST", body: "{}" });
    assert.equal(answer.status, stream.status, stream.name);
    if (stream.headers["content-encoding"] === undefined) {
      assert.deepEqual(Buffer.from(await answer.arrayBuffer()), stream.body, stream.name);
    } else assert.match(await answer.text(), /^data: /, stream.name);
  }
});

function initials(server: string): string {
  return server
    .split(" ")
    .map((word) => word.charAt(0).toLowerCase())
    .join("");
}
