import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError } from "../../lib/src/errors.ts";
import { findWorkerUrls } from "../../lib/src/scale-out/find-worker-urls.ts";

const worker = { baseUrl: "https://one-8000.proxy.runpod.net/v1", apiKey: "sk-canary-one", model: "small" };
const other = { ...worker, baseUrl: "https://two-8000.proxy.runpod.net/v1" };

function refusal(endpoints: Parameters<typeof findWorkerUrls>[0]): string {
  try {
    findWorkerUrls(endpoints);
  } catch (error) {
    assert.ok(error instanceof InputError);
    return error.message;
  }
  return assert.fail("they were taken");
}

describe("the workers of a router", () => {
  test("are named without /v1, which the router puts behind them itself", () => {
    assert.deepEqual(findWorkerUrls([worker, other]), {
      workerUrls: ["https://one-8000.proxy.runpod.net", "https://two-8000.proxy.runpod.net"],
      apiKey: "sk-canary-one",
    });
  });

  test("serve one model with one key, each is named once, and there is one at least", () => {
    assert.match(refusal([]), /endpoints is empty/);
    assert.match(refusal([worker, { ...other, model: "large" }]), /different models: small, large/);
    assert.match(refusal([worker, worker]), /one-8000.proxy.runpod.net is given twice/);
    assert.match(refusal([{ ...worker, baseUrl: "https://host/v1beta/openai" }]), /does not end in \/v1/);
  });

  test("with different keys are refused without showing one, and with the way out", () => {
    const message = refusal([worker, { ...other, apiKey: "sk-canary-two" }]);
    assert.match(message, /one-8000\S+ and two-8000\S+ have different keys/);
    assert.match(message, /createPod\(plan, \{ apiKey \}\)/);
    assert.doesNotMatch(message, /canary/);
  });
});
