import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Kernel, type KernelEvent, startKernel, streamText } from "./run-cells.ts";

/** Waits long enough for what an earlier cell has left running to write several times. */
const next = 'await new Promise((go) => setTimeout(go, 300));\nconsole.log("next");';

describe("what a cell goes on writing while a later one runs", () => {
  let kernel: Kernel;
  before(() => {
    kernel = startKernel();
  });
  after(() => kernel.close());

  for (const [what, code] of [
    [
      "a timer",
      'const bell = setInterval(() => console.log("late"), 20);\nsetTimeout(() => clearInterval(bell), 250);',
    ],
    [
      "a call for which nobody waits",
      'void (async () => { for (let turn = 0; turn < 5; turn++) { await new Promise((go) => setTimeout(go, 20)); console.log("late"); } })();',
    ],
    [
      "an answer that comes from a server",
      `import { createServer } from "node:http";
const server = createServer(async (_, response) => {
  for (let turn = 0; turn < 5; turn++) {
    response.write("late");
    await new Promise((go) => setTimeout(go, 30));
  }
  response.end(() => server.close());
});
await new Promise<void>((go) => server.listen(0, "127.0.0.1", go));
const { port } = server.address() as { port: number };
void (async () => {
  const { body } = await fetch(\`http://127.0.0.1:\${port}\`);
  for await (const part of body ?? []) process.stdout.write(part);
})();`,
    ],
    [
      "what it displays",
      `import { displayBundle } from "workbook/kernel";
setTimeout(() => displayBundle({ data: { "text/plain": "late" } }), 50);`,
    ],
    ["an error in a timer", 'setTimeout(() => { throw new Error("late"); }, 50);'],
    ["a call that fails", 'setTimeout(() => void Promise.reject(new Error("late")), 50);'],
  ] as const) {
    test(`stays out of it: ${what}`, async () => {
      const events = await kernel.run([{ code }, { code: next }]);
      assert.deepEqual(textsOf(events, 1), ["next\n"]);
      const own = events.flatMap((event) =>
        event.type === "late" && event.parentCell === 0 ? [JSON.stringify(event.content)] : [],
      );
      assert.match(`${textsOf(events, 0)}${own}`, /late/);
    });
  }

  for (const [what, code] of [
    ["a loop that waits", 'for (;;) { console.log("late"); await new Promise((go) => setTimeout(go, 20)); }'],
    [
      "a loop in a function",
      'const ring = async () => { for (;;) { console.log("late"); await new Promise((go) => setTimeout(go, 20)); } };\nawait ring();',
    ],
    [
      "a loop over what comes",
      'async function* tick() { for (;;) { await new Promise((go) => setTimeout(go, 20)); yield "late"; } }\nconsole.log("begun");\nfor await (const one of tick()) console.log(one);',
    ],
    [
      "a loop over a chat's answer",
      `import { openEndpoint, startModelServer } from "workbook";
const slow = await startModelServer({ engine: "timed" });
const endpoint = await openEndpoint({ baseUrl: slow.baseUrl, apiKey: slow.apiKey });
const stream = await endpoint.client.chat.completions.create({
  model: endpoint.model,
  messages: [{ role: "user", content: "Tell me a story." }],
  max_tokens: 2_000,
  stream: true,
});
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? "");`,
    ],
    ["a timer beside it", 'setInterval(() => console.log("late"), 20);\nawait new Promise(() => {});'],
  ] as const) {
    test(`stays out of it when the reader stops ${what}`, async () => {
      const events = await kernel.run([{ code, interruptAfterMs: 100 }, { code: next }]);
      assert.match(streamText(events, { cell: 0, name: "stderr" }), /You stopped the cell/);
      assert.deepEqual(textsOf(events, 1), ["next\n"]);
    });
  }
});

/** What each message of a cell showed, but for what is said of its state. */
function textsOf(events: readonly KernelEvent[], cell: number): string[] {
  return events.flatMap((event) => {
    if (event.type !== "message" || event.cell !== cell || event.messageType === "status") return [];
    return [String(event.content["text"] ?? JSON.stringify(event.content))];
  });
}
