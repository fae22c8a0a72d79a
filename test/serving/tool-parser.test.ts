import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describePlan } from "../../lib/src/describe-plan.ts";
import { loadModels } from "../../lib/src/facts/index.ts";
import { planPod } from "../../lib/src/runpod/index.ts";
import { modelGuide } from "../../lib/src/serving/index.ts";

const model = "meta-llama/Llama-3.1-8B-Instruct";
const flags = ["--enable-auto-tool-choice", "--tool-call-parser"];
const olderImage = "vllm/vllm-openai:v0.20.0";

/** What a plan says of tool calls, and to vLLM. */
function planned(request: Parameters<typeof planPod>[0]) {
  const { toolParser, vllmArguments } = planPod(request);
  const place = vllmArguments.indexOf("--enable-auto-tool-choice");
  return { toolParser, set: place < 0 ? [] : vllmArguments.slice(place, place + 3) };
}

describe("a plan lets vLLM read tool calls", () => {
  test("with the parser of the model's row", () => {
    assert.deepEqual(planned({ model }), { toolParser: "llama3_json", set: [...flags, "llama3_json"] });
    assert.match(
      describePlan(planPod({ model })),
      /^tools +vLLM reads tool calls with its parser llama3_json$/m,
    );
  });

  test("unless it is told not to, or knows no parser", () => {
    assert.deepEqual(planned({ model, tools: false }), { toolParser: null, set: [] });
    const unknown = "microsoft/Phi-3.5-mini-instruct";
    assert.deepEqual(planned({ model: unknown }), { toolParser: null, set: [] });
    assert.match(describePlan(planPod({ model: unknown })), /^tools +none: vLLM will refuse tool calls$/m);
    assert.throws(() => planPod({ model: unknown, tools: true }), {
      name: "InputError",
      field: "tools",
      message:
        /no parser for the tool calls of microsoft\/Phi-3\.5-mini-instruct is known\. .*extraArguments/,
    });
  });

  test("with an older image only where somebody asks, since it may not know the parser", () => {
    assert.deepEqual(planned({ model, image: olderImage }), { toolParser: null, set: [] });
    assert.equal(planned({ model, image: olderImage, tools: true }).toolParser, "llama3_json");
  });

  test("with the parser that the request's own arguments name", () => {
    for (const extraArguments of [
      [...flags, "pythonic"],
      [flags[0] ?? "", `${flags[1]}=pythonic`],
    ]) {
      const plan = planPod({ model, extraArguments });
      assert.equal(plan.toolParser, "pythonic");
      assert.equal(plan.vllmArguments.filter((one) => one.startsWith("--tool-call-parser")).length, 1);
    }
  });

  test("in the guide, for each model whose parser is known", () => {
    const parsers = new Map(loadModels().map(({ id, toolParser }) => [id, toolParser]));
    for (const { model: id, vllmFlags } of modelGuide()) {
      const parser = parsers.get(id) ?? null;
      assert.equal(vllmFlags.endsWith(`${flags.join(" ")} ${parser}`), parser !== null, id);
    }
  });
});
