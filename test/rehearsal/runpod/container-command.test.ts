import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  deadlineOfName,
  readContainerCommand,
} from "../../../rehearsal/src/runpod/account/container-command.ts";

const nothing = { args: "", entrypoint: null, cmd: null, env: {} };

describe("what a rehearsed pod takes from its payload", () => {
  for (const [name, payload, servedModel] of [
    ["the arguments of the image's own entrypoint", { cmd: ["m/a", "--max-model-len", "8192"] }, "m/a"],
    ["the same as one string", { args: "m/a --max-model-len 8192" }, "m/a"],
    ["a model without an owner", { args: "small --max-model-len 8192" }, "small"],
    ["a model behind a flag", { cmd: ["--host", "0.0.0.0", "--model", "m/a"] }, "m/a"],
    ["a model behind an equals sign", { args: "--model=m/a" }, "m/a"],
    ["a name to serve it under", { cmd: ["m/a", "--served-model-name", "name"] }, "name"],
    ["quoted words", { args: `--served-model-name "a name" m/a` }, "a name"],
    ["the JSON form", { args: '{"cmd":["m/a","--port","8000"]}' }, "m/a"],
    ["a shell line", { entrypoint: ["sh", "-c"], cmd: ["exec vllm serve m/a --port 8000"] }, "m/a"],
    [
      "a script with arguments behind it",
      {
        entrypoint: ["python3", "-c", "run(\n --model other/model --middleware x\n)"],
        cmd: ["m/a", "--port", "8000"],
      },
      "m/a",
    ],
    ["nothing at all: vLLM's own default", {}, "Qwen/Qwen3-0.6B"],
  ] as const) {
    test(`its model: ${name}`, () => {
      const payloadWithDefaults = { ...nothing, ...payload };
      assert.equal(readContainerCommand(payloadWithDefaults).servedModel, servedModel);
    });
  }

  test("its key, from the environment or from an argument; an empty one is none", () => {
    const keyOf = (payload: object) => readContainerCommand({ ...nothing, ...payload }).apiKey;
    assert.equal(keyOf({ env: { VLLM_API_KEY: "sk-a" } }), "sk-a");
    assert.equal(keyOf({ env: { VLLM_API_KEY: "" } }), null);
    assert.equal(keyOf({ cmd: ["m/a", "--api-key", "sk-b"] }), "sk-b");
    assert.equal(keyOf({}), null);
  });

  test("its deadline, from the environment, only with the start script", () => {
    const noon = Date.UTC(2026, 10, 24, 12);
    const deadlineOf = (text: string, entrypoint: string[]) =>
      readContainerCommand({
        ...{ ...nothing, entrypoint },
        env: { VLLM_API_KEY: "sk-canary", WORKBOOK_DEADLINE: text },
      }).deadlineMs;
    const script = ["python3", "-c", "--middleware"];
    assert.equal(deadlineOf("2026-11-24T12:00:00Z", script), noon);
    assert.equal(deadlineOf(String(noon), script), noon);
    assert.equal(deadlineOf(String(noon / 1_000), script), noon);
    assert.equal(deadlineOf("soon", script), null);
    assert.equal(deadlineOf("2026-11-24T12:00:00Z", ["vllm", "serve"]), null);
  });

  test("its deadline from its name", () => {
    assert.equal(deadlineOfName("workbook-0123456789-a1b2c3-20261124T120000Z"), Date.UTC(2026, 10, 24, 12));
    assert.equal(deadlineOfName("workbook-0123456789-a1b2c3-20261324T120000Z"), null);
    assert.equal(deadlineOfName("my-pod"), null);
  });
});
