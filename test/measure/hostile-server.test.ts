import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { describe, type TestContext, test } from "node:test";
import type { Flight } from "../../lib/src/measure/flight.ts";
import { runLoad } from "../../lib/src/measure/run-load.ts";
import { createTokenBudget } from "../../lib/src/measure/token-budget.ts";
import { createLoadTransport } from "../../lib/src/measure/transport/load-transport.ts";
import { startLocalServer } from "../helpers/local-server.ts";
import { chunk } from "../helpers/openai-like.ts";

const hello = chunk({ delta: { content: "Hello" } });

/** Answers with an event stream that begins like this and then repeats a piece without end, as fast as it is read. */
const flood =
  (piece: string, options: { start?: string; status?: number } = {}) =>
  (response: ServerResponse): void => {
    const { start = "", status = 200 } = options;
    response.writeHead(status, { "content-type": status === 200 ? "text/event-stream" : "text/plain" });
    response.write(start);
    const block = piece.repeat(Math.ceil(64_000 / piece.length));
    const send = () => {
      while (!response.destroyed && response.write(block));
      if (!response.destroyed) response.once("drain", send);
    };
    send();
  };

/** The same, a piece every few milliseconds. */
const drip =
  (piece: string, start = "") =>
  (response: ServerResponse): void => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(start);
    const timer = setInterval(() => response.write(piece), 5);
    response.on("close", () => clearInterval(timer));
  };

/** Sends one request to a server that answers so, and says what became of it. */
async function askOnce(
  t: TestContext,
  answer: (response: ServerResponse) => void,
  { stallMs }: { stallMs: number },
): Promise<readonly Flight[]> {
  const { url } = await startLocalServer(t, (_request, response) => answer(response));
  const transport = createLoadTransport({ baseUrl: `${url}/v1`, apiKey: "EMPTY" });
  t.after(() => transport.close());
  const { flights } = await runLoad({
    transport,
    body: () => "{}",
    streams: 1,
    mostRequests: 1,
    budget: createTokenBudget(1_000),
    worstTokensPerRequest: () => 10,
    stallMs,
    signal: new AbortController().signal,
  });
  return flights;
}

describe("a hostile server, when it is measured", () => {
  const cases: [name: string, answer: (response: ServerResponse) => void, words: RegExp][] = [
    [
      "sends a line without end",
      flood("x", { start: "data: " }),
      /an event is longer than 4,194,304 characters/,
    ],
    ["answers without end", flood(hello), /the answer goes on after 1,040 events/],
    ["only comments", drip(": keep-alive\n\n", hello), /nothing more came for 0.3 s/],
    ["refuses without end", flood("no ", { status: 500 }), /HTTP 500: no no/],
    [
      "nests an error deeper than any stack",
      (response) => {
        const nested = `${'{"error":'.repeat(20_000)}1${"}".repeat(20_000)}`;
        response.writeHead(200, { "content-type": "text/event-stream" }).end(`data: ${nested}\n\n`);
      },
      /error in the stream/,
    ],
    [
      "sends the request on",
      (response) => response.writeHead(307, { location: "https://elsewhere.example/v1" }).end(),
      /HTTP 307 \(a redirect to https:\/\/elsewhere\.example\/v1, which is not followed\)/,
    ],
  ];
  for (const [name, answer, words] of cases) {
    test(`and ${name}, costs one request, with the reason`, async (t) => {
      const flights = await askOnce(t, answer, { stallMs: 300 });
      assert.equal(flights.length, 1);
      assert.equal(flights[0]?.outcome, "failed");
      assert.match(flights[0]?.error ?? "", words);
    });
  }

  test("and goes on after its end, is complete all the same", async (t) => {
    const end = `${hello}${chunk({ finish_reason: "stop" })}data: [DONE]\n\n`;
    const flights = await askOnce(t, drip(hello, end), { stallMs: 60_000 });
    assert.equal(flights[0]?.outcome, "completed");
    assert.equal(flights[0]?.chunks, 1);
  });
});
