import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { connectEndpoint, type Endpoint, printChat } from "../../lib/src/endpoint/index.ts";
import { startModelServer } from "../../rehearsal/src/index.ts";
import { makeFolder } from "../helpers/environment.ts";
import { openRealVllm, realVllmHome } from "../helpers/real-vllm.ts";

const skip =
  realVllmHome === "" ? "REAL_VLLM_HOME is not set: the quirks were not compared with a real vLLM." : false;

/** A template like those of 2023: no system prompt, strict turns. */
const rejectingTemplate =
  "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}" +
  "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}" +
  "<|im_start|>assistant\n{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}";

/** Serves the small model as one with quirks, and opens it. */
async function serveReal(
  context: TestContext,
  options: { template: string | null; generationConfig: Record<string, unknown>; flags: string[] },
): Promise<Endpoint> {
  const folder = makeFolder(context);
  cpSync(join(realVllmHome, "smollm2"), folder, { recursive: true });
  const template = join(folder, "chat_template.jinja");
  if (options.template === null) rmSync(template);
  else writeFileSync(template, options.template);
  const config = join(folder, "generation_config.json");
  const known: object = JSON.parse(readFileSync(config, "utf8"));
  writeFileSync(config, JSON.stringify({ ...known, ...options.generationConfig }));
  return openRealVllm(context, [
    ...[folder, "--served-model-name", "tiny", "--max-model-len", "512", "--max-num-seqs", "4"],
    ...["--enforce-eager", ...options.flags],
  ]);
}

const withoutNumbers = (text: string) => text.replace(/\d+/g, "N");

const system = { role: "system", content: "Be brief." } as const;
const user = { role: "user", content: "Hello" } as const;

describe("a real vLLM and the rehearsal, with the same quirks", { skip }, () => {
  test("refuse a system prompt alike, split thoughts alike, sample and count alike", async (t) => {
    const real = await serveReal(t, {
      template: rejectingTemplate,
      generationConfig: { temperature: 0 },
      flags: ["--reasoning-parser", "qwen3"],
    });
    const server = await startModelServer({
      engine: "timed",
      model: "tiny",
      quirks: {
        chatTemplate: "gemma-2",
        reasoning: "reasoning",
        maxModelTokens: 512,
        samplingDefaults: { temperature: 0 },
      },
    });
    t.after(() => server.close());
    const standIn = await connectEndpoint({ baseUrl: server.baseUrl, apiKey: server.apiKey });
    const seen = async (endpoint: Endpoint) => {
      const ask = (request: Omit<Parameters<typeof printChat>[1], "messages">, content = "Hello") =>
        printChat(endpoint, { messages: [system, { ...user, content }], ...request }, { write: () => {} });
      const refusal = await endpoint.client.chat.completions
        .create({ model: "tiny", messages: [system, user] })
        .catch(String);
      const thinking = await ask({ max_tokens: 6, ignore_eos: true });
      const silent = await ask({ max_tokens: 6, chat_template_kwargs: { enable_thinking: false } });
      const shortened = await ask({ max_tokens: 500, ignore_eos: true }, "word ".repeat(100));
      const tooLong = await ask({}, "word ".repeat(600)).catch((error: unknown) => error);
      const twice = [await ask({ max_tokens: 6, seed: 1 }), await ask({ max_tokens: 6, seed: 2 })];
      return {
        refusal,
        thinking: [
          thinking.text,
          thinking.reasoning !== "",
          thinking.notices,
          thinking.usage?.completion_tokens,
        ],
        // How many depends on the model: ends that are ignored are no thoughts.
        countsThoughts: (thinking.usage?.completion_tokens_details?.reasoning_tokens ?? 0) > 0,
        silent: [silent.reasoning, silent.text !== ""],
        // Whether thoughts are all that comes depends on the model as well.
        shortened: [
          shortened.usage?.total_tokens,
          shortened.finishReason,
          shortened.notices.slice(0, 2).map(withoutNumbers),
        ],
        tooLong: withoutNumbers(String(tooLong)),
        isGreedy: twice[0]?.reasoning === twice[1]?.reasoning,
      };
    };
    assert.deepEqual(await seen(real), await seen(standIn));
  });

  test("refuse every chat without a template alike", async (t) => {
    const real = await serveReal(t, { template: null, generationConfig: {}, flags: [] });
    const server = await startModelServer({
      engine: "timed",
      model: "tiny",
      quirks: { chatTemplate: "missing" },
    });
    t.after(() => server.close());
    const standIn = await connectEndpoint({ baseUrl: server.baseUrl, apiKey: server.apiKey });
    const seen = async (endpoint: Endpoint) => {
      const error = await printChat(endpoint, { messages: [user] }).catch((failure: unknown) => failure);
      return [String(error), error instanceof Error ? String(error.cause) : null];
    };
    assert.deepEqual(await seen(real), await seen(standIn));
  });
});
