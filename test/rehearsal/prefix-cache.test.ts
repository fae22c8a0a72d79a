import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { connectEndpoint, streamChat } from "../../lib/src/endpoint/index.ts";
import { readServerCounters } from "../../lib/src/measure/server-counters.ts";
import { type ModelServerOptions, startModelServer } from "../../rehearsal/src/index.ts";
import { createPrefixIndex } from "../../rehearsal/src/model-server/cache/prefix-index.ts";
import { readMetric, waitForRunning } from "../helpers/timed-server.ts";

/** So many tokens that no other `start` has. */
const tokens = (count: number, start = 0) => Array.from({ length: count }, (_, index) => start + index);

describe("the index of a prefix cache", () => {
  test("holds whole blocks of 16, and never the last token of a prompt", () => {
    const index = createPrefixIndex(1_000);
    index.add("a", tokens(47));
    assert.equal(index.find("a", tokens(47)), 32);
    assert.equal(index.find("a", tokens(100)), 32);
    assert.equal(index.find("a", tokens(33)), 32);
    assert.equal(index.find("a", tokens(32)), 16);
    assert.equal(index.find("a", tokens(1)), 0);
  });

  test("knows a block only behind the same head, and in the same space", () => {
    const index = createPrefixIndex(1_000);
    index.add("a", tokens(48));
    assert.equal(index.find("a", [999, ...tokens(47, 1)]), 0);
    assert.equal(index.find("a", [...tokens(16), 999, ...tokens(31, 17)]), 16);
    assert.equal(index.find("b", tokens(48)), 0);
  });

  test("gives up what was not used for longest, from its end", () => {
    const index = createPrefixIndex(64);
    index.add("a", tokens(48));
    index.add("a", tokens(32, 1_000));
    assert.equal(index.find("a", tokens(48)), 32);
    assert.equal(index.find("a", tokens(33, 1_000)), 32);
  });
});

type Message = { role: "user" | "assistant"; content: string };
const question = (content: string): Message => ({ role: "user", content });
const first = question("Tell me of the sea, and of all the fish and ships and people that live on it.");

const answerSchema = z.object({
  choices: z.tuple([z.object({ message: z.object({ content: z.string() }) })]),
  usage: z.object({
    prompt_tokens: z.int(),
    prompt_tokens_details: z.object({
      cached_tokens: z.int(),
      created_cache_tokens: z.int(),
      multimodal_tokens: z.null(),
    }),
  }),
});

/** Starts a server and asks it greedily, as `usage.prompt_tokens_details` of the answer says. */
async function openServer(options: ModelServerOptions) {
  const server = await startModelServer({
    ...options,
    flags: { promptTokensDetails: true, ...options.flags },
  });
  const ask = async (messages: readonly Message[]) => {
    const response = await fetch(`${server.baseUrl}/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${server.apiKey}`, "content-type": "application/json" },
      body: JSON.stringify({ messages, temperature: 0, max_tokens: 12, ignore_eos: true }),
    });
    const { choices, usage } = answerSchema.parse(await response.json());
    return { text: choices[0].message.content, prompt: usage.prompt_tokens, ...usage.prompt_tokens_details };
  };
  return { server, ask };
}

/** Has a conversation of so many turns, each with the answers before it. */
async function converse(ask: Awaited<ReturnType<typeof openServer>>["ask"], turns: number, opening = first) {
  const messages = [opening];
  const answers = [];
  for (let turn = 0; turn < turns; turn++) {
    const answer = await ask(messages);
    answers.push(answer);
    messages.push({ role: "assistant", content: answer.text }, question("Please tell me more of it all."));
  }
  return answers;
}

const engines: ModelServerOptions[] = [
  { engine: "timed", profile: { timeToFirstTokenMs: 2, timePerOutputTokenMs: 1 } },
  { engine: "llama", threads: 1 },
];
for (const options of engines) {
  describe(`the prefix cache of the ${options.engine} engine`, () => {
    test("holds a conversation up to its last whole block, and its counters say so", async (t) => {
      const { server, ask } = await openServer(options);
      t.after(() => server.close());
      const answers = await converse(ask, 3);
      let held = 0;
      for (const { prompt, cached_tokens: cached, created_cache_tokens: created } of answers) {
        // All of the turn before but its answer's end, which is a piece of a block.
        assert.ok(cached >= held && cached % 16 === 0 && cached < prompt, `${cached} of ${prompt}`);
        held = prompt - (prompt % 16);
        assert.equal(cached + created, held);
      }
      const sum = (count: (answer: (typeof answers)[number]) => number) =>
        answers.reduce((total, answer) => total + count(answer), 0);
      const counters = await readServerCounters(server);
      assert.equal(
        counters?.prefixCacheQueryTokens,
        sum(({ prompt }) => prompt),
      );
      assert.equal(
        counters.prefixCacheHitTokens,
        sum((answer) => answer.cached_tokens),
      );
      assert.equal(
        counters.promptTokensComputed,
        sum((answer) => answer.prompt - answer.cached_tokens),
      );
      assert.ok((counters.prefixCacheHitTokens ?? 0) > 0);
    });

    test("changes no answer", async (t) => {
      const { server, ask } = await openServer(options);
      const without = await openServer({ ...options, flags: { prefixCaching: false } });
      t.after(() => Promise.all([server.close(), without.server.close()]));
      const answers = await converse(ask, 3);
      const [again] = await converse(ask, 1);
      assert.ok((again?.cached_tokens ?? 0) > 0);
      assert.equal(again?.text, answers[0]?.text);
      const cold = await converse(without.ask, 3);
      assert.deepEqual(
        answers.map(({ text }) => text),
        cold.map(({ text }) => text),
      );
      assert.deepEqual(new Set(cold.map((answer) => answer.cached_tokens)), new Set([0]));
      assert.equal(await readMetric(without.server, "prefix_cache_queries_total"), 0);
    });

    test("shares the head of prompts that come at the same time", async (t) => {
      const { server, ask } = await openServer(options);
      t.after(() => server.close());
      const head = "You are a helper of people at sea. Answer in one short line and name the port. ".repeat(
        3,
      );
      const answers = await Promise.all(
        ["Who?", "What ship?", "When?", "How far is it?"].map((end) => ask([question(head + end)])),
      );
      const hits = answers.map((answer) => answer.cached_tokens).sort((one, other) => one - other);
      assert.equal(hits[0], 0);
      assert.ok(
        hits.slice(1).every((hit) => hit >= 32),
        hits.join(", "),
      );
    });

    test("keeps what was read for a client that has left", async (t) => {
      const { server, ask } = await openServer(options);
      t.after(() => server.close());
      const endpoint = await connectEndpoint({ baseUrl: server.baseUrl, apiKey: server.apiKey });
      for await (const event of streamChat(endpoint, {
        messages: [first],
        max_tokens: 200,
        ignore_eos: true,
      })) {
        if (event.type === "text") break;
      }
      await waitForRunning(server, 0);
      const answer = await ask([first]);
      assert.equal(answer.cached_tokens, answer.prompt - 1 - ((answer.prompt - 1) % 16));
    });
  });
}

test("a server with the fault no-prefix-cache reads every prompt, one with no-counters shows no page", async (t) => {
  const { server, ask } = await openServer({ engine: "timed", faults: [{ kind: "no-prefix-cache" }] });
  const silent = await startModelServer({ engine: "timed", faults: [{ kind: "no-counters" }] });
  t.after(() => Promise.all([server.close(), silent.close()]));
  assert.deepEqual(
    (await converse(ask, 2)).map((answer) => answer.cached_tokens),
    [0, 0],
  );
  const info = await fetch(server.baseUrl.replace("/v1", "/metrics"));
  assert.match(await info.text(), /enable_prefix_caching="False"/);
  assert.equal(await readServerCounters(silent), null);
});
