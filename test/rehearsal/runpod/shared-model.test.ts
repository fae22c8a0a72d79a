import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { findProjectRoot } from "../../../lib/src/project-root.ts";
import { findModelFile } from "../../../rehearsal/src/model-server/load-engine.ts";
import { goodPod, openRehearsedAccount } from "../../helpers/rehearsed-account.ts";

const versionSchema = z.object({ rehearsal: z.object({ model: z.string(), simulated: z.boolean() }) });
const answerSchema = z.object({
  model: z.string(),
  choices: z.tuple([z.object({ message: z.object({ content: z.string() }) })]),
});

describe("pods on the rehearsal's real model", { skip: findMissingModel() }, () => {
  test("share it: the end of one does not take it from the other", async (context) => {
    const { rehearsal, call, create, visit } = await openRehearsedAccount(context, { engine: "llama" });
    const ids = [await create(), await create({ ...goodPod, cmd: ["Qwen/Qwen3-8B"] })];
    rehearsal.advance(100_000);
    const ask = async (podId: string, model: string) => {
      const response = await visit(podId, "/v1/chat/completions", {
        method: "POST",
        headers: { authorization: "Bearer sk-canary-not-a-key", "content-type": "application/json" },
        body: JSON.stringify({
          model,
          messages: [{ role: "user", content: "Say hello." }],
          max_tokens: 8,
          temperature: 0,
        }),
      });
      const { model: answeredBy, choices } = answerSchema.parse(await response.json());
      return { answeredBy, text: choices[0].message.content };
    };
    const [first = "", second = ""] = ids;
    const { rehearsal: engine } = versionSchema.parse(await (await visit(first, "/version")).json());
    assert.equal(engine.simulated, false);
    const answers = await Promise.all([ask(first, "Qwen/Qwen2.5-7B-Instruct"), ask(second, "Qwen/Qwen3-8B")]);
    assert.deepEqual(
      answers.map(({ answeredBy }) => answeredBy),
      ["Qwen/Qwen2.5-7B-Instruct", "Qwen/Qwen3-8B"],
    );
    assert.notEqual(answers[0]?.text, "");
    assert.equal(answers[0]?.text, answers[1]?.text);
    await call("DELETE", `/pods/${first}`);
    assert.equal((await ask(second, "Qwen/Qwen3-8B")).text, answers[1]?.text);
  });
});

/** `false`, or why there is no model to share. */
function findMissingModel(): string | false {
  try {
    findModelFile({ projectRoot: findProjectRoot() });
    return false;
  } catch {
    return "the rehearsal's model is not installed";
  }
}
