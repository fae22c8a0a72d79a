import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { loadSettings } from "../../lib/src/settings.ts";
import { makeCheckout } from "../helpers/environment.ts";

/** Each key with the variable of its address, its vendor's own host, and the setting that holds it. */
const keys = [
  ["OPENAI_API_KEY", "OPENAI_BASE_URL", "https://api.openai.com/v1", "openaiApiKey"],
  ["HF_TOKEN", "HF_ENDPOINT", "https://huggingface.co", "huggingFaceToken"],
  ["HF_TOKEN", "RUNPOD_API_URL", "https://api.runpod.io/v2", "huggingFaceToken"],
  ["RUNPOD_API_KEY", "RUNPOD_API_URL", "https://api.runpod.io/v2", "runpodApiKey"],
  ["RUNPOD_ENDPOINT_KEY", "RUNPOD_API_URL", "https://api.runpod.io/v2", "runpodEndpointKey"],
] as const;

describe("a key", () => {
  for (const [key, address, vendor, setting] of keys) {
    const load = (
      t: Parameters<typeof makeCheckout>[0],
      places: { file?: Record<string, string>; environment?: Record<string, string> },
    ) => {
      const lines = Object.entries(places.file ?? {}).map(([name, value]) => `${name}=${value}\n`);
      const { root } = makeCheckout(t, { envFile: lines.join("") });
      return loadSettings(
        {},
        { environment: { WORKBOOK_TARGET: "given", ...places.environment }, folder: root },
      );
    };

    describe(`${key} with ${address}`, () => {
      test("is used where both lie in the same place", (t) => {
        const both = { [key]: "canary", [address]: "http://localhost:11434/v1" };
        assert.equal(load(t, { file: both })[setting], "canary");
        assert.equal(load(t, { environment: both })[setting], "canary");
      });

      test("is used where the address is the vendor's own, wherever it lies", (t) => {
        for (const value of [vendor, vendor.replace("https", "HTTPS").replace(".co", ".CO"), `${vendor}/`]) {
          const settings = load(t, { file: { [address]: value }, environment: { [key]: "canary" } });
          assert.equal(settings[setting], "canary", value);
          assert.deepEqual(settings.withheldKeys, {});
        }
        assert.equal(load(t, { file: { [key]: "canary" } })[setting], "canary");
      });

      test("of the environment is not used for an address of .env, and a sentence says why", (t) => {
        const settings = load(t, {
          file: { [address]: "http://localhost:11434/v1" },
          environment: { [key]: "canary" },
        });
        assert.equal(settings[setting], null);
        assert.equal(
          settings.withheldKeys[key],
          `${key} (set in the environment) is not sent to http://localhost:11434, for ${address} is set in .env. ` +
            `If the key belongs to that host, ${key} must be set in .env too.`,
        );
        assert.deepEqual(settings.foundKeys, ["canary"]);
        assert.doesNotMatch(inspect(settings) + JSON.stringify(settings), /canary/);
      });

      test("of .env is not used for an address of the environment", (t) => {
        const settings = load(t, {
          file: { [key]: "canary" },
          environment: { [address]: "https://gateway.example" },
        });
        assert.equal(settings[setting], null);
        assert.equal(
          settings.withheldKeys[key],
          `${key} (set in .env) is not sent to https://gateway.example, for ${address} is set in the environment. ` +
            `If the key belongs to that host, ${key} must be set in the environment too.`,
        );
      });

      test("is taken from the place of the address where both places have one", (t) => {
        const settings = load(t, {
          file: { [address]: "http://localhost:11434/v1", [key]: "canary-of-the-file" },
          environment: { [key]: "canary-of-the-shell" },
        });
        assert.equal(settings[setting], "canary-of-the-file");
        assert.deepEqual(settings.withheldKeys, {});
      });

      test("is not used for a host that only looks like the vendor's", (t) => {
        const { hostname } = new URL(vendor);
        for (const value of [
          `https://${hostname}.evil.example/v1`,
          `https://evil-${hostname}/v1`,
          `https://${hostname}./v1`,
          `https://${hostname}:8443/v1`,
          `https://${hostname.replace(".", "%2e").replace("o", "о")}/v1`,
          `https://sub.${hostname}/v1`,
          `https://evil.example/${hostname}/v1`,
          `https://evil.example?${vendor}`,
          `https://evil.example#@${hostname}/`,
          `https://evil.example\\@${hostname}/`,
          `http://${hostname}/v1`,
        ]) {
          const settings = load(t, { file: { [address]: value }, environment: { [key]: "canary" } });
          assert.equal(settings[setting], null, value);
          assert.match(settings.withheldKeys[key] ?? "", /is not sent to/, value);
        }
      });
    });
  }

  test("that is given to loadSettings is the caller's word", (t) => {
    const { root } = makeCheckout(t, { envFile: "OPENAI_BASE_URL=http://localhost:1/v1\n" });
    const environment = { WORKBOOK_TARGET: "given" };
    const settings = loadSettings({ OPENAI_API_KEY: "sk-own" }, { environment, folder: root });
    assert.equal(settings.openaiApiKey, "sk-own");
    const other = loadSettings(
      { OPENAI_BASE_URL: "http://localhost:2/v1" },
      { environment: { ...environment, OPENAI_API_KEY: "sk-canary" }, folder: root },
    );
    assert.equal(other.openaiApiKey, null);
  });

  test("is not even looked at in a rehearsal", (t) => {
    const { root } = makeCheckout(t, { envFile: "OPENAI_BASE_URL=http://localhost:1/v1\n" });
    const settings = loadSettings({}, { environment: { OPENAI_API_KEY: "sk-canary" }, folder: root });
    assert.deepEqual(settings.withheldKeys, {});
    assert.deepEqual(settings.foundKeys, []);
  });
});
