import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError } from "../../lib/src/errors.ts";
import { defaultImage, readImageTag } from "../../lib/src/serving/vllm-arguments.ts";

describe("the tag of an image", () => {
  const floors: [string, string | null][] = [
    ["vllm/vllm-openai:v0.33.0", "13.0"],
    ["vllm/vllm-openai:v0.20.0", "13.0"],
    ["vllm/vllm-openai:v0.19.1", "12.9"],
    ["vllm/vllm-openai:v0.11.0", "12.9"],
    ["vllm/vllm-openai:v0.10.2", "12.8"],
    ["vllm/vllm-openai:v0.8.5.post1", "12.4"],
    ["vllm/vllm-openai:v0.4.3", "12.4"],
    ["vllm/vllm-openai:v0.4.2", null],
    ["vllm/vllm-openai:v0.31.0-cu129", "12.9"],
    ["vllm/vllm-openai:v0.19.1-cu130", "13.0"],
    ["docker.io/vllm/vllm-openai:v0.33.0", "13.0"],
    ["vllm/vllm-openai:v0.33.0@sha256:0123", "13.0"],
    ["ghcr.io:443/someone/vllm-openai:v0.33.0", null],
    ["lmsysorg/sglang:v0.5.12", null],
  ];
  for (const [image, cuda] of floors) {
    test(`tells the CUDA version that hosts must have: ${image}`, () => {
      assert.equal(readImageTag(image, "planPod").minCudaVersion, cuda);
    });
  }

  test("of the default image is pinned, known, and nothing to warn of", () => {
    const { tag, vllmVersion, minCudaVersion, startsVllmServe, warnings } = readImageTag(
      defaultImage,
      "planPod",
    );
    assert.equal(tag, "v0.33.0");
    assert.equal(vllmVersion, "0.33.0");
    assert.equal(minCudaVersion, "13.0");
    assert.equal(startsVllmServe, true);
    assert.deepEqual(warnings, []);
  });

  test("warns of what is known to fail, of old ones, and of strangers", () => {
    assert.match(
      readImageTag("vllm/vllm-openai:v0.31.0-cu129", "planPod").warnings.join(),
      /crash at import.*vllm#48592/,
    );
    assert.match(readImageTag("vllm/vllm-openai:v0.10.0", "planPod").warnings.join(), /older vLLM/);
    assert.match(readImageTag("someone/server:1.0", "planPod").warnings.join(), /give minCudaVersion/);
  });

  const refused: [string, RegExp][] = [
    ["vllm/vllm-openai", /image "vllm\/vllm-openai" has no tag/],
    ["vllm/vllm-openai:", /has no tag/],
    ["localhost:5000/vllm-openai", /has no tag/],
    ["vllm/vllm-openai@sha256:0123", /has no tag/],
    ["vllm/vllm-openai:latest", /moves/],
    ["vllm/vllm-openai:latest-cu129", /moves/],
    ["vllm/vllm-openai:nightly-0123", /moves/],
    ["vllm/vllm-openai:cu130-nightly", /moves/],
    ["", /is not the name of an image/],
    ["two words:v1", /is not the name of an image/],
  ];
  for (const [image, reason] of refused) {
    test(`is asked for where an image could mean another one tomorrow: "${image}"`, () => {
      assert.throws(
        () => readImageTag(image, "planPod"),
        (error: unknown) =>
          error instanceof InputError &&
          reason.test(error.problemText) &&
          error.remedy.includes("vllm/vllm-openai:v0.33.0"),
      );
    });
  }
});
