import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import {
  type ChatRequest,
  type ChatResult,
  connectEndpoint,
  type Endpoint,
  printChat,
  streamChat,
} from "../../lib/src/endpoint/index.ts";
import { explainError } from "../../lib/src/explain/explain-error.ts";
import { type ModelServer, startModelServer } from "../../rehearsal/src/index.ts";
import { makeFolder } from "../helpers/environment.ts";
import { readMetric, waitForRunning } from "../helpers/timed-server.ts";

const question = [{ role: "user" as const, content: "Tell me about the sea." }];

describe("the small model behind the server", () => {
  let server: ModelServer;
  let endpoint: Endpoint;
  before(async () => {
    server = await startModelServer({ engine: "llama", threads: 1, model: "stand-in" });
    endpoint = await connectEndpoint({ baseUrl: server.baseUrl, apiKey: server.apiKey });
  });
  after(() => server.close());

  const ask = (changes: Partial<ChatRequest> = {}): Promise<ChatResult> =>
    printChat(endpoint, { messages: question, max_tokens: 8, ...changes }, { write: () => {} });

  /** Begins a long answer and leaves after its first text. */
  async function leaveEarly(content: string): Promise<void> {
    const request = { messages: [{ role: "user" as const, content }], max_tokens: 500, ignore_eos: true };
    for await (const event of streamChat(endpoint, request)) if (event.type === "text") return;
  }

  test("says which model stands in for which", () => {
    assert.equal(endpoint.server, "rehearsal: SmolLM2-135M-Instruct standing in for stand-in");
    assert.equal(endpoint.maxModelTokens, 2_048);
  });

  test("answers the same for the same seed, and otherwise for another or none", async () => {
    const [first, again, other] = [await ask({ seed: 1 }), await ask({ seed: 1 }), await ask({ seed: 2 })];
    assert.equal(again.text, first.text);
    assert.notEqual(other.text, first.text);
    const unseeded = await Promise.all([ask(), ask(), ask()]);
    assert.ok(new Set(unseeded.map(({ text }) => text)).size > 1);
  });

  test("answers greedily at temperature 0, whatever the seed", async () => {
    const [first, second] = [await ask({ temperature: 0, seed: 1 }), await ask({ temperature: 0, seed: 2 })];
    assert.equal(second.text, first.text);
  });

  test("ends at max_tokens, and says so", async () => {
    const result = await ask({ max_tokens: 5, ignore_eos: true });
    assert.equal(result.usage?.completion_tokens, 5);
    assert.equal(result.finishReason, "length");
  });

  test("goes on past its own end with ignore_eos, and ends there without", async () => {
    const messages = [{ role: "user" as const, content: "Say only: yes" }];
    const own = await ask({ messages, temperature: 0, max_tokens: 30 });
    const forced = await ask({ messages, temperature: 0, max_tokens: 30, ignore_eos: true });
    assert.equal(own.finishReason, "stop");
    assert.ok((own.usage?.completion_tokens ?? 30) < 30);
    assert.equal(forced.finishReason, "length");
    assert.equal(forced.usage?.completion_tokens, 30);
    assert.ok(forced.text.startsWith(own.text));
  });

  test("ends before a stop string", async () => {
    const whole = await ask({ temperature: 0, max_tokens: 12 });
    const word = whole.text.split(" ")[3] ?? "";
    assert.notEqual(word, "");
    const stopped = await ask({ temperature: 0, max_tokens: 12, stop: [word] });
    assert.equal(stopped.text, whole.text.slice(0, whole.text.indexOf(word)));
    assert.equal(stopped.finishReason, "stop");
  });

  test("keeps characters of several tokens whole", async () => {
    const content = "Repeat: 🙂 世界 é 🙂 世界 é 🙂 世界 é";
    const pieces: string[] = [];
    const request = { messages: [{ role: "user" as const, content }], temperature: 0, max_tokens: 12 };
    for await (const event of streamChat(endpoint, request)) {
      if (event.type === "text") pieces.push(event.text);
    }
    assert.ok(pieces.every((piece) => piece.isWellFormed() && !piece.includes("\u{FFFD}")));
  });

  test("stops at once when the client goes away, and counts no answer", async () => {
    await waitForRunning(server, 0);
    const answers = await readMetric(server, "request_success_total");
    const before = await readMetric(server, "generation_tokens_total");
    await leaveEarly("Write a long story about a lighthouse.");
    await waitForRunning(server, 0);
    const generated = await readMetric(server, "generation_tokens_total");
    assert.ok(generated - before < 250, `${generated - before} of 500 tokens were generated`);
    await ask({ max_tokens: 4, ignore_eos: true });
    assert.equal(await readMetric(server, "generation_tokens_total"), generated + 4);
    assert.equal(await readMetric(server, "request_success_total"), answers + 1);
  });

  test("gives its place to the next one when clients go away while they wait", async () => {
    const leaving = Array.from({ length: 9 }, (_, index) => leaveEarly(`Story number ${index}`));
    await Promise.all(leaving);
    await waitForRunning(server, 0);
    assert.equal(await readMetric(server, "num_requests_waiting"), 0);
    assert.equal((await ask({ max_tokens: 3, ignore_eos: true })).usage?.completion_tokens, 3);
  });

  test("takes nothing of one conversation into the next, whatever ran before and how it ended", async () => {
    const reference = await ask({ seed: 42 });
    const conversation = fc.record({
      content: fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
      isLeft: fc.boolean(),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(conversation, { minLength: 1, maxLength: 2 }), async (others) => {
        await Promise.all(
          others.map(({ content, isLeft, seed }) =>
            isLeft
              ? leaveEarly(content)
              : ask({ messages: [{ role: "user", content }], seed, max_tokens: 4 }),
          ),
        );
        const { text, usage } = await ask({ seed: 42 });
        assert.equal(text, reference.text);
        assert.deepEqual(usage, reference.usage);
      }),
      { numRuns: 2, endOnFailure: true },
    );
  });

  test("refuses what does not fit its context, in words that can be explained", async () => {
    const long = [{ role: "user" as const, content: "word ".repeat(3_000) }];
    const error = await ask({ messages: long }).catch((failure: unknown) => failure);
    assert.match(
      explainError(error).cause,
      /^The prompt has 3,\d{3} tokens, and this model's context holds 2,048, prompt and answer together/,
    );
  });
});

describe("a file that is no model", () => {
  test("is refused by its name, with what to do", async (t) => {
    const modelFile = join(makeFolder(t), "broken.gguf");
    writeFileSync(modelFile, "this is no GGUF");
    await assert.rejects(startModelServer({ modelFile }), {
      name: "WorkbookError",
      message:
        /^The rehearsal's model could not be loaded from broken\.gguf \(.+\)\. Check that it is a GGUF file and that `npm run setup` went through; without a model, the timed engine/,
    });
  });

  test("is refused where it is not there", async () => {
    await assert.rejects(startModelServer({ modelFile: "/nowhere/none.gguf" }), {
      name: "SettingsError",
      message: /^REHEARSAL_MODEL names a file that is not there: \/nowhere\/none\.gguf\./,
    });
  });
});
