import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readBaseUrl, serverRoot } from "../../lib/src/endpoint/index.ts";
import { InputError } from "../../lib/src/errors.ts";

const firstOf = (text: string) => readBaseUrl(text).candidates[0];

describe("a base URL as people paste it", () => {
  const exact: [pasted: string, baseUrl: string][] = [
    ["https://abc-8000.proxy.runpod.net/v1", "https://abc-8000.proxy.runpod.net/v1"],
    ["https://abc-8000.proxy.runpod.net/v1/", "https://abc-8000.proxy.runpod.net/v1"],
    ["https://abc-8000.proxy.runpod.net/v1//", "https://abc-8000.proxy.runpod.net/v1"],
    ["  https://example.com/v1\n", "https://example.com/v1"],
    ["https://example.com/v1/models", "https://example.com/v1"],
    ["https://example.com/v1/chat/completions", "https://example.com/v1"],
    ["https://example.com/v1/chat/completions/", "https://example.com/v1"],
    ["https://example.com/v1/responses", "https://example.com/v1"],
    ["https://example.com/v1/chat", "https://example.com/v1"],
    ["https://example.com/v1/Chat/Completions?", "https://example.com/v1"],
    ["HTTPS://Example.com/v1", "https://example.com/v1"],
    // URL, by which settings judge where a key may go, reads these so.
    ["https:/example.com/v1", "https://example.com/v1"],
    ["https:\\\\example.com\\v1", "https://example.com/v1"],
    ["https://example.com/api/v1", "https://example.com/api/v1"],
    ["https://example.com/openai/v2", "https://example.com/openai/v2"],
    ["https://open.bigmodel.cn/api/paas/v4/chat/completions", "https://open.bigmodel.cn/api/paas/v4"],
    ["https://example.com/v1beta1", "https://example.com/v1beta1"],
    ["https://example.com/v1models", "https://example.com/v1models"],
    ["example.com:8443/v1", "https://example.com:8443/v1"],
    ["127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1"],
  ];
  for (const [pasted, baseUrl] of exact) {
    test(`means ${baseUrl} and nothing else: ${JSON.stringify(pasted)}`, () => {
      assert.deepEqual(readBaseUrl(pasted), { candidates: [baseUrl], query: "" });
    });
  }

  const several: [pasted: string, ...candidates: string[]][] = [
    [
      "https://host.example",
      "https://host.example/v1",
      "https://host.example",
      "https://host.example/openai/v1",
    ],
    ["host.example/", "https://host.example/v1", "https://host.example", "https://host.example/openai/v1"],
    [
      "https:host.example",
      "https://host.example/v1",
      "https://host.example",
      "https://host.example/openai/v1",
    ],
    [
      "http:/127.0.0.1:8000",
      "http://127.0.0.1:8000/v1",
      "http://127.0.0.1:8000",
      "http://127.0.0.1:8000/openai/v1",
    ],
    [
      "localhost:8000",
      "http://localhost:8000/v1",
      "http://localhost:8000",
      "http://localhost:8000/openai/v1",
    ],
    ["[::1]:8000", "http://[::1]:8000/v1", "http://[::1]:8000", "http://[::1]:8000/openai/v1"],
    [
      "https://host.example/api",
      "https://host.example/api/v1",
      "https://host.example/api",
      "https://host.example/api/openai/v1",
    ],
    ["https://host.example/openai/", "https://host.example/openai/v1", "https://host.example/openai"],
    // What somebody's own example calls is where the API is.
    [
      "https://host.example/inference/chat/completions",
      "https://host.example/inference",
      "https://host.example/inference/v1",
      "https://host.example/inference/openai/v1",
    ],
    [
      "https://host.example/chat/completions",
      "https://host.example",
      "https://host.example/v1",
      "https://host.example/openai/v1",
    ],
    // A version further in front may be that of the API, or of the service around it.
    [
      "https://host.example/v1beta/openai",
      "https://host.example/v1beta/openai",
      "https://host.example/v1beta/openai/v1",
    ],
    [
      "https://host.example/client/v4/accounts/1/ai",
      "https://host.example/client/v4/accounts/1/ai",
      "https://host.example/client/v4/accounts/1/ai/v1",
      "https://host.example/client/v4/accounts/1/ai/openai/v1",
    ],
    // Azure's AI Foundry has its API itself at /models.
    [
      "https://host.example/models",
      "https://host.example",
      "https://host.example/v1",
      "https://host.example/models",
      "https://host.example/openai/v1",
    ],
    [
      "https://host.example/models/chat/completions",
      "https://host.example/models",
      "https://host.example/models/v1",
      "https://host.example/models/openai/v1",
    ],
  ];
  for (const [pasted, ...candidates] of several) {
    test(`can mean several addresses, tried in this order: ${pasted}`, () => {
      assert.deepEqual(readBaseUrl(pasted).candidates, candidates);
    });
  }

  test("keeps its query, and drops what stands behind a #", () => {
    assert.deepEqual(readBaseUrl("https://example.com/v1?key=1&b=2#top"), {
      candidates: ["https://example.com/v1"],
      query: "?key=1&b=2",
    });
    assert.equal(readBaseUrl("https://example.com/v1/chat/completions?a=1").query, "?a=1");
    assert.equal(readBaseUrl("https://example.com/v1?").query, "");
  });

  test("may be that of a deployment of Azure's", () => {
    assert.deepEqual(
      readBaseUrl(
        "https://me.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21",
      ),
      {
        candidates: ["https://me.openai.azure.com/openai/deployments/gpt-4o"],
        query: "?api-version=2024-10-21",
      },
    );
  });

  test("gets plain http only for this machine, not for a host that is merely named alike", () => {
    assert.equal(firstOf("localhost.example.com"), "https://localhost.example.com/v1");
    assert.equal(firstOf("127.example.com"), "https://127.example.com/v1");
    assert.equal(firstOf("http://example.com"), "http://example.com/v1");
    assert.equal(firstOf("localhost"), "http://localhost/v1");
  });

  test("stays among its own candidates, on its own host and without a slash at the end", () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,6}$/);
    const pasted = fc
      .tuple(fc.constantFrom("http://", "https://", ""), part, fc.array(part, { maxLength: 3 }), fc.boolean())
      .map(([scheme, host, path, slash]) =>
        [`${scheme}${host}.example.com`, ...path].join("/").concat(slash ? "/" : ""),
      );
    fc.assert(
      fc.property(pasted, (text) => {
        const { candidates } = readBaseUrl(text);
        const [first = ""] = candidates;
        assert.ok(candidates.length <= 4);
        assert.deepEqual(readBaseUrl(first).candidates[0], first);
        for (const one of candidates) {
          assert.doesNotMatch(one, /\/$/);
          assert.equal(new URL(one).origin, new URL(first).origin);
        }
      }),
    );
  });
});

describe("what is no base URL", () => {
  for (const pasted of ["", "ftp://example.com", "http://", "not a host", "https://exa mple.com"]) {
    test(`is refused with an example: ${JSON.stringify(pasted)}`, () => {
      assert.throws(() => readBaseUrl(pasted), {
        name: "InputError",
        message: `The base URL "${pasted}" is not a web address. It looks like https://<podId>-8000.proxy.runpod.net/v1 or http://127.0.0.1:8000/v1.`,
      });
    });
  }

  test("is refused without a word of what it may hide", () => {
    const hiding = [
      "https://me:canary@example.com/v1",
      "me:canary@example.com",
      "ftp://me:canary@example.com",
      "sk-canary-not-a-key",
      "rpa_canary_not_a_key",
      "hf_canary_not_a_key",
      "https://exa mple.com?key=canary",
    ];
    for (const pasted of hiding) {
      assert.throws(
        () => readBaseUrl(pasted),
        (error) => error instanceof InputError && !/canary/.test(error.message),
      );
    }
  });
});

describe("a server's own routes", () => {
  test("lie beside /v1", () => {
    assert.equal(serverRoot("http://127.0.0.1:8000/v1"), "http://127.0.0.1:8000");
    assert.equal(serverRoot("https://example.com/api/v2"), "https://example.com/api");
    assert.equal(serverRoot("https://example.com/v1beta/openai"), "https://example.com/v1beta/openai");
  });
});
