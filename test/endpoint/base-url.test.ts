import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { normalizeBaseUrl, serverRoot } from "../../lib/src/endpoint/index.ts";
import { InputError } from "../../lib/src/errors.ts";

describe("a base URL as people paste it", () => {
  const cases: [pasted: string, baseUrl: string][] = [
    ["https://abc-8000.proxy.runpod.net", "https://abc-8000.proxy.runpod.net/v1"],
    ["https://abc-8000.proxy.runpod.net/", "https://abc-8000.proxy.runpod.net/v1"],
    ["https://abc-8000.proxy.runpod.net/v1", "https://abc-8000.proxy.runpod.net/v1"],
    ["https://abc-8000.proxy.runpod.net/v1/", "https://abc-8000.proxy.runpod.net/v1"],
    ["https://abc-8000.proxy.runpod.net/v1//", "https://abc-8000.proxy.runpod.net/v1"],
    ["  https://example.com/v1\n", "https://example.com/v1"],
    ["https://example.com/v1/models", "https://example.com/v1"],
    ["https://example.com/v1/chat/completions", "https://example.com/v1"],
    ["https://example.com/v1/chat/completions/", "https://example.com/v1"],
    ["https://example.com/v1?key=1#top", "https://example.com/v1"],
    ["https://example.com/?key=1", "https://example.com/v1"],
    ["HTTPS://Example.com/v1", "https://example.com/v1"],
    // URL, by which settings judge where a key may go, reads these so.
    ["https:/example.com/v1", "https://example.com/v1"],
    ["https:example.com", "https://example.com/v1"],
    ["https:\\\\example.com\\v1", "https://example.com/v1"],
    ["http:/127.0.0.1:8000", "http://127.0.0.1:8000/v1"],
    ["https://example.com/api/v1", "https://example.com/api/v1"],
    ["https://example.com/api", "https://example.com/api/v1"],
    ["https://example.com/v1beta/openai/", "https://example.com/v1beta/openai"],
    ["https://example.com/openai/v2", "https://example.com/openai/v2"],
    ["https://example.com/v1models", "https://example.com/v1models"],
    ["example.com", "https://example.com/v1"],
    ["example.com:8443/v1", "https://example.com:8443/v1"],
    ["localhost:8000", "http://localhost:8000/v1"],
    ["127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1"],
    ["[::1]:8000", "http://[::1]:8000/v1"],
    ["localhost", "http://localhost/v1"],
  ];
  for (const [pasted, baseUrl] of cases) {
    test(`becomes ${baseUrl} from ${JSON.stringify(pasted)}`, () => {
      assert.equal(normalizeBaseUrl(pasted), baseUrl);
    });
  }

  test("gets plain http only for this machine, not for a host that is merely named alike", () => {
    assert.equal(normalizeBaseUrl("localhost.example.com"), "https://localhost.example.com/v1");
    assert.equal(normalizeBaseUrl("127.example.com"), "https://127.example.com/v1");
    assert.equal(normalizeBaseUrl("http://example.com"), "http://example.com/v1");
  });

  test("stays as it is once it has been put into form", () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,6}$/);
    const pasted = fc
      .tuple(fc.constantFrom("http://", "https://", ""), part, fc.array(part, { maxLength: 3 }), fc.boolean())
      .map(([scheme, host, path, slash]) =>
        [`${scheme}${host}.example.com`, ...path].join("/").concat(slash ? "/" : ""),
      );
    fc.assert(
      fc.property(pasted, (text) => {
        const once = normalizeBaseUrl(text);
        assert.equal(normalizeBaseUrl(once), once);
        assert.doesNotMatch(once, /\/$/);
      }),
    );
  });
});

describe("what is no base URL", () => {
  for (const pasted of ["", "ftp://example.com", "http://", "not a host", "https://exa mple.com"]) {
    test(`is refused with an example: ${JSON.stringify(pasted)}`, () => {
      assert.throws(() => normalizeBaseUrl(pasted), {
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
    ];
    for (const pasted of hiding) {
      assert.throws(
        () => normalizeBaseUrl(pasted),
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
