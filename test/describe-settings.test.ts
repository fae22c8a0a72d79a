import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describeSettings } from "../lib/src/describe-settings.ts";
import { loadSettings } from "../lib/src/settings.ts";
import { makeCheckout } from "./helpers/environment.ts";

describe("the settings as a notebook shows them", () => {
  test("say what a real run has and lacks, and never a key", (t) => {
    const { root } = makeCheckout(t);
    const environment = {
      WORKBOOK_TARGET: "runpod",
      WORKBOOK_MAX_USD_PER_HOUR: "2",
      WORKBOOK_MAX_USD: "12.5",
      RUNPOD_API_KEY: "rpa_canary_not_a_key",
      MODEL: "Qwen/Qwen2.5-7B-Instruct",
    };
    assert.equal(
      describeSettings(loadSettings({}, { environment, folder: root })),
      `target      runpod
model       Qwen/Qwen2.5-7B-Instruct
ceiling     $2.00 an hour
budget      $12.50 for all rentals together
Runpod key  set
HF token    not set
state       .workbook
Node        ${process.versions.node}`,
    );
  });

  test("say of a rehearsal that it reads no key, whatever is set", (t) => {
    const { root } = makeCheckout(t);
    const environment = { RUNPOD_API_KEY: "rpa_canary_not_a_key", HF_TOKEN: "hf_canary_not_a_key" };
    const text = describeSettings(loadSettings({}, { environment, folder: root }));
    assert.match(
      text,
      /^target {6}rehearsal\n.*\nceiling {5}none set\nbudget {6}none set\nRunpod key {2}not read in a rehearsal\n/,
    );
    assert.doesNotMatch(text, /canary/);
  });
});
