import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hideSecretArguments } from "../../lib/src/words/index.ts";

const canary = "canarysecret";

describe("the arguments of a server", () => {
  test("stay as they are where nothing is secret, also with flags that sound like it", () => {
    const plain = [
      "meta-llama/Llama-3.1-8B-Instruct",
      "--tokenizer",
      "mistral",
      "--max-num-batched-tokens=8192",
      "--no-enable-prefix-caching",
      "--hf-overrides",
      '{"rope_scaling": {"factor": 2}}',
    ];
    assert.deepEqual(hideSecretArguments(plain), plain);
  });

  test("lose the values of secrets, in every form in which one can be given", () => {
    const given = [
      ["--api-key", canary, `${canary}2`, "--port", "8000"],
      [`--api-key=${canary}`],
      ["--hf-token", canary],
      ["--ssl-keyfile-password", canary],
      [`HF_TOKEN=${canary}`],
      ["--hf-overrides", `{"apiKey": "${canary}", "layers": 2}`],
      ["--model", `https://me:${canary}@example.org/model`],
      ["--header", `authorization: Bearer ${canary}`],
      [`serve --api-key ${canary} --port 1`],
      [`serve --api-key  '${canary} ${canary}' --port 1`],
      [`A=1 VLLM_API_KEY=${canary} vllm serve`],
      [`${"x".repeat(200)} HFTOKEN=${canary}==`],
      [`--env=VLLM_API_KEY=${canary}`],
      ["--bearer", canary],
      ["--model", `https://example.org/?a=b&X-Amz-Signature=${canary}`],
      [`--a={"api_keys": ["${canary}"], "token": "a\\"${canary}", "password": {"b": {}, "c": "${canary}"}}`],
      [`serve --a {'api_key': '${canary}'}`],
    ];
    for (const one of given) {
      const hidden = hideSecretArguments(one);
      assert.doesNotMatch(hidden.join(" "), new RegExp(canary), one.join(" "));
      assert.equal(hidden.length, one.length);
    }
    assert.deepEqual(hideSecretArguments(given[0] ?? []), ["--api-key", "…", "…", "--port", "8000"]);
    assert.deepEqual(hideSecretArguments(["--served-model-name", canary], [canary]), [
      "--served-model-name",
      "…",
    ]);
  });
});
