import assert from "node:assert/strict";
import { z } from "zod";
import { askChat, chatBody, userSays } from "../chat.ts";
import type { Check, ConformanceContext } from "../check.ts";
import { findSamples, measureGrowth, readMetrics } from "../metrics-page.ts";
import { readJson, send } from "../send.ts";

const detailsSchema = z.object({ cached_tokens: z.int(), created_cache_tokens: z.int() });

/** What the prefix cache holds of a prompt, by the server's counters and by the answers themselves. */
export const prefixCacheChecks: readonly Check[] = [
  {
    name: "a prompt sent again comes from the prefix cache: its whole blocks, and never the last token",
    dependsOnEngine: true,
    lacks: lacksCache,
    async run(context) {
      const messages = userSays(longPrompt(1));
      await askChat(context, { messages, max_tokens: 1 });
      const { result, growth } = await measureGrowth(context, () =>
        askChat(context, { messages, max_tokens: 1 }),
      );
      const held = await countWholeBlocks(context, result.usage.prompt_tokens - 1);
      assert.ok(held > 0, `the prompt has only ${result.usage.prompt_tokens} tokens`);
      assert.equal(growth("vllm:prefix_cache_queries_total"), result.usage.prompt_tokens);
      assert.equal(growth("vllm:prefix_cache_hits_total"), held);
      assert.equal(growth("vllm:prompt_tokens_cached_total"), held);
      const bySource = (source: string) => growth("vllm:prompt_tokens_by_source_total", { source });
      assert.equal(bySource("local_cache_hit"), held);
      assert.equal(bySource("local_compute"), result.usage.prompt_tokens - held);
      assert.equal(growth("vllm:prompt_tokens_total"), result.usage.prompt_tokens);
    },
  },
  {
    name: "the next turn of a conversation finds at least the prompt of the turn before",
    dependsOnEngine: true,
    lacks: lacksCache,
    async run(context) {
      const { first, growth } = await askTwoTurns(context, 2);
      const held = await countWholeBlocks(context, first.usage.prompt_tokens);
      assert.ok(growth("vllm:prefix_cache_hits_total") >= held);
    },
  },
  {
    name: "a prompt with another first word finds nothing",
    dependsOnEngine: true,
    lacks: lacksCache,
    async run(context) {
      await askChat(context, { messages: userSays(longPrompt(3)), max_tokens: 1 });
      const messages = userSays(`Otherwise: ${longPrompt(3)}`);
      const { growth } = await measureGrowth(context, () => askChat(context, { messages, max_tokens: 1 }));
      assert.equal(growth("vllm:prefix_cache_hits_total"), 0);
    },
  },
  {
    name: "prompt_tokens_details says what the counters say, whole and in the last chunk of a stream",
    lacks: lacksDetails,
    async run(context) {
      const messages = userSays(longPrompt(4));
      const { details, promptTokens } = await askDetails(context, { messages, max_tokens: 1 });
      const whole = await countWholeBlocks(context, promptTokens);
      assert.equal(details.cached_tokens + details.created_cache_tokens, whole);
      const again = await measureGrowth(context, () => askDetails(context, { messages, max_tokens: 1 }));
      const held = again.growth("vllm:prefix_cache_hits_total");
      assert.deepEqual(again.result.details, { cached_tokens: held, created_cache_tokens: whole - held });
      const stream = { messages, max_tokens: 2, stream: true, stream_options: { include_usage: true } };
      const body = chatBody(context, stream);
      const { text } = await send(context, { path: "/v1/chat/completions", body });
      const told = `"prompt_tokens_details":${JSON.stringify(again.result.details)}`;
      assert.equal(text.split(told).length, 2, `not once ${told} in ${text}`);
    },
  },
];

async function lacksCache(context: ConformanceContext): Promise<string | null> {
  const info = await readCacheInfo(context);
  return info["enable_prefix_caching"] === "True" ? null : "its prefix cache is off";
}

async function lacksDetails(context: ConformanceContext): Promise<string | null> {
  const without = (await lacksCache(context)) ?? null;
  if (without !== null) return without;
  const body = chatBody(context, { max_tokens: 1 });
  const answer = readJson(await send(context, { path: "/v1/chat/completions", body }), 200);
  const { usage } = z.object({ usage: z.object({ prompt_tokens_details: z.unknown() }) }).parse(answer);
  return usage.prompt_tokens_details === null
    ? "it was started without --enable-prompt-tokens-details"
    : null;
}

/** Some 200 tokens that begin otherwise for each number, and for each run. */
function longPrompt(number: number): string {
  const start = `${number} of ${runId}. `;
  return start + "The sea is wide, and many fish and ships and people live on it. ".repeat(12);
}

const runId = Math.random().toString(36).slice(2);

async function readCacheInfo(context: ConformanceContext): Promise<Record<string, string>> {
  const [info] = findSamples(await readMetrics(context), "vllm:cache_config_info");
  return info?.labels ?? {};
}

async function countWholeBlocks(context: ConformanceContext, tokens: number): Promise<number> {
  const blockTokens = Number((await readCacheInfo(context))["block_size"]);
  return tokens - (tokens % blockTokens);
}

async function askTwoTurns(context: ConformanceContext, number: number) {
  const messages = userSays(longPrompt(number));
  const first = await askChat(context, { messages, max_tokens: 8 });
  const next = [...messages, { role: "assistant", content: first.text }, ...userSays("Tell me more.")];
  const { growth } = await measureGrowth(context, () => askChat(context, { messages: next, max_tokens: 1 }));
  return { first, growth };
}

async function askDetails(context: ConformanceContext, fields: Record<string, unknown>) {
  const body = chatBody(context, fields);
  const answer = readJson(await send(context, { path: "/v1/chat/completions", body }), 200);
  const { usage } = z
    .object({ usage: z.object({ prompt_tokens: z.int(), prompt_tokens_details: detailsSchema }) })
    .parse(answer);
  return { details: usage.prompt_tokens_details, promptTokens: usage.prompt_tokens };
}
