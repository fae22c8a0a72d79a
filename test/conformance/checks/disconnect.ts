import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { askChat, chatBody, readMaxModelTokens } from "../chat.ts";
import type { Check, ConformanceContext } from "../check.ts";
import { readMetrics, readSettledMetrics, total } from "../metrics-page.ts";
import { openRequest } from "../send.ts";

/** What a client that goes away leaves behind. */
export const disconnectChecks: readonly Check[] = [
  {
    name: "a client that leaves a stream ends its generation at once",
    run: (context) =>
      assertEndsGeneration(context, { stream: true }, async (response) => {
        const reader = (await response).body?.getReader();
        for (let reads = 0; reads < 3; reads++) await reader?.read();
      }),
  },
  {
    name: "a client that does not wait for a whole answer ends its generation at once",
    dependsOnEngine: true,
    run: (context) =>
      assertEndsGeneration(context, {}, async () => {
        const before = total(await readMetrics(context), "vllm:generation_tokens_total");
        while (total(await readMetrics(context), "vllm:generation_tokens_total") < before + 3)
          await delay(20);
      }),
  },
];

const quietMs = 400;

/** Asks for as long an answer as fits, leaves when `untilLeaving` is done, and looks at what the server still does. */
async function assertEndsGeneration(
  context: ConformanceContext,
  fields: Record<string, unknown>,
  untilLeaving: (response: Promise<Response>) => Promise<void>,
): Promise<void> {
  const { usage } = await askChat(context, { max_tokens: 1 });
  const maxTokens = (await readMaxModelTokens(context)) - usage.prompt_tokens;
  const before = await readSettledMetrics(context);
  const client = new AbortController();
  const body = chatBody(context, { ...fields, max_tokens: undefined, ignore_eos: true });
  const response = openRequest(context, { path: "/v1/chat/completions", body, signal: client.signal });
  const gone = response.catch((error: unknown) => error);
  await untilLeaving(response);
  assert.equal(total(await readMetrics(context), "vllm:num_requests_running"), 1);
  client.abort();
  await gone;

  const after = await readSettledMetrics(context);
  await delay(quietMs);
  const later = await readMetrics(context);
  const generated = (page: typeof before) => total(page, "vllm:generation_tokens_total");
  assert.equal(generated(later), generated(after), "tokens are still generated");
  assert.ok(generated(after) - generated(before) < maxTokens, "the whole answer was generated");
  for (const name of ["vllm:request_success_total", "vllm:e2e_request_latency_seconds_count"]) {
    assert.equal(total(later, name), total(before, name), `${name} counts an answer that nobody got`);
  }
}
