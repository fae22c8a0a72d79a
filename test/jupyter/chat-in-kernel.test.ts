import assert from "node:assert/strict";
import { after, before, describe, type TestContext, test } from "node:test";
import { type ModelServer, startModelServer } from "../../rehearsal/src/index.ts";
import { findClosedPort } from "../helpers/local-server.ts";
import { readMetric } from "../helpers/timed-server.ts";
import { type Kernel, type KernelEvent, startKernel, streamText } from "./run-cells.ts";

/** A server without a model; an answer of 3,000 tokens takes it 3 s, or a minute where it is slow. */
async function startServer(context: TestContext, options: { isSlow: boolean }): Promise<ModelServer> {
  const server = await startModelServer({
    engine: "timed",
    model: "small",
    profile: { timeToFirstTokenMs: 5, timePerOutputTokenMs: options.isSlow ? 20 : 1 },
  });
  context.after(() => server.close());
  return server;
}

function openCell({ baseUrl, apiKey }: ModelServer): { code: string } {
  const options = JSON.stringify({ baseUrl, apiKey });
  return {
    code: `import { openEndpoint, printChat } from "workbook";\nconst endpoint = await openEndpoint(${options});`,
  };
}

function longRequest(extra = ""): string {
  return `{ messages: [{ role: "user", content: "Go on." }], max_tokens: 3000, ignore_eos: true${extra} }`;
}

const shortChat =
  'await printChat(endpoint, { messages: [{ role: "user", content: "Hello" }], max_tokens: 5, ignore_eos: true });';

function statuses(events: readonly KernelEvent[]): string[] {
  return events.flatMap((event) => (event.type === "end" ? [event.status] : []));
}

function streamPieces(events: readonly KernelEvent[], cell: number): string[] {
  return events.flatMap((event) =>
    event.type === "message" && event.cell === cell && event.messageType === "stream"
      ? [String(event.content["text"])]
      : [],
  );
}

function lateMessages(events: readonly KernelEvent[]): KernelEvent[] {
  return events.filter(({ type }) => type === "late");
}

describe("a chat in a notebook", () => {
  let kernel: Kernel;
  before(() => {
    kernel = startKernel();
  });
  after(() => kernel.close());

  test("an answer of 3,000 tokens arrives whole, its first text at once, and nothing after its cell", async (context) => {
    const server = await startServer(context, { isSlow: false });
    const events = await kernel.run([
      openCell(server),
      { code: `const result = await printChat(endpoint, ${longRequest()});` },
      { code: "console.log(JSON.stringify([result.usage.completion_tokens, result.text]));" },
    ]);
    assert.deepEqual(statuses(events), ["ok", "ok", "ok"]);
    const [tokens, text] = JSON.parse(streamText(events, { cell: 2 }));
    assert.equal(tokens, 3_000);
    assert.equal(streamText(events, { cell: 1 }), `${text}\n`);
    const [first = "", ...later] = streamPieces(events, 1);
    // The first piece is what came first, not a batch; the others are batches, not tokens.
    assert.match(first, /^Placeholder( text ?\d{0,4})?$/);
    assert.ok(later.length > 2 && later.length < 1_000, `the answer came in ${later.length + 1} pieces`);
    assert.deepEqual(lateMessages(events), []);
  });

  test("the stop button ends the request on the server too, keeps the text so far, and leaves the kernel usable", async (context) => {
    const server = await startServer(context, { isSlow: true });
    const metricsUrl = JSON.stringify(server.baseUrl.replace("/v1", "/metrics"));
    const waitUntilIdle = `const running = async () =>
      Number(/num_requests_running\\{.*\\} (\\d+)/.exec(await (await fetch(${metricsUrl})).text())[1]);
    while ((await running()) > 0) await new Promise((resolve) => setTimeout(resolve, 5));`;
    const longChat = { code: `await printChat(endpoint, ${longRequest()});`, interruptAfterMs: 300 };
    const events = await kernel.run([
      openCell(server),
      longChat,
      { code: waitUntilIdle },
      { code: shortChat },
      longChat,
      { code: shortChat },
    ]);
    assert.deepEqual(statuses(events), ["ok", "error", "ok", "ok", "error", "ok"]);
    for (const cell of [1, 4]) {
      const text = streamText(events, { cell }).trimEnd();
      assert.match(text, /^Placeholder/);
      assert.equal(
        streamText(events, { cell, name: "stderr" }).trim(),
        `ChatStreamError: The answer from ${server.baseUrl} was interrupted after ${text.length} characters. ` +
          "The connection is closed, so the server stops generating; run the call again for a whole answer.",
      );
    }
    for (const cell of [3, 5]) assert.match(streamText(events, { cell }), /^Placeholder/);
    assert.deepEqual(lateMessages(events), []);
    // Two answers of 3,000 tokens were asked for; had one gone on, these would be some thousands.
    assert.equal(await readMetric(server, "num_requests_running"), 0);
    assert.ok((await readMetric(server, "generation_tokens_total")) < 1_500);
  });

  test("the stop button also works before the first text, and afterwards on a cell without a chat", async (context) => {
    const server = await startServer(context, { isSlow: true });
    const fault = {
      headers: { "x-rehearsal-fault": JSON.stringify({ kind: "slow-first-byte", delayMs: 60_000 }) },
    };
    const events = await kernel.run([
      openCell(server),
      {
        code: `console.log("asked");\nawait printChat(endpoint, ${longRequest()}, ${JSON.stringify(fault)});`,
        interruptAfterMs: 300,
      },
      {
        code: 'console.log("waiting");\nawait new Promise((resolve) => setTimeout(resolve, 60_000));',
        interruptAfterMs: 100,
      },
      { code: shortChat },
    ]);
    assert.deepEqual(statuses(events), ["ok", "error", "error", "ok"]);
    assert.equal(streamText(events, { cell: 1 }), "asked\n");
    assert.match(
      streamText(events, { cell: 1, name: "stderr" }),
      /^ChatStreamError: The answer from .* was interrupted after 0 characters\. [^\n]*\n?$/,
    );
    assert.match(streamText(events, { cell: 3 }), /^Placeholder/);
  });

  test("an error of the library shows as one paragraph, without a stack", async () => {
    const address = `http://127.0.0.1:${await findClosedPort()}`;
    const prices =
      "gpuUsdPerHour: -1, inputUsdPerMillion: 1, outputUsdPerMillion: 1, inputTokensPerOutputToken: 1";
    const events = await kernel.run([
      { code: 'import { breakEven, openEndpoint } from "workbook";' },
      { code: `breakEven({ ${prices} });` },
      { code: 'console.log("so far");' },
      { code: `await openEndpoint({ baseUrl: "${address}" });` },
    ]);
    assert.deepEqual(statuses(events), ["ok", "error", "ok", "error"]);
    assert.match(streamText(events, { cell: 1, name: "stderr" }), /^InputError: .*gpuUsdPerHour[^\n]*\n?$/);
    assert.match(streamText(events, { cell: 3, name: "stderr" }), /^EndpointError: .*127\.0\.0\.1[^\n]*\n?$/);
  });
});
