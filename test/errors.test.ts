import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { ChatStreamError, EndpointError } from "../lib/src/endpoint/index.ts";
import { InputError, SettingsError, WorkbookError } from "../lib/src/errors.ts";

const kinds = [
  ["WorkbookError", WorkbookError],
  ["SettingsError", SettingsError],
  ["InputError", InputError],
] as const;

for (const [name, Kind] of kinds) {
  describe(name, () => {
    const cause = new Error("connect ECONNREFUSED");
    const error = new Kind("The pod does not answer.", { remedy: "Start it.", cause });

    test("says what went wrong and what to do next", () => {
      assert.equal(error.message, "The pod does not answer. Start it.");
      assert.equal(error.problemText, "The pod does not answer.");
      assert.equal(error.remedy, "Start it.");
    });

    test("keeps its name, its family and its cause", () => {
      assert.equal(error.name, name);
      assert.ok(error instanceof WorkbookError && error instanceof Error);
      assert.equal(error.cause, cause);
      assert.equal("cause" in new Kind("Lost.", { remedy: "Search." }), false);
    });

    test("prints as one paragraph without a stack or its cause", () => {
      assert.equal(inspect(error), `${name}: The pod does not answer. Start it.`);
      assert.equal(inspect([error]), `[ ${name}: The pod does not answer. Start it. ]`);
      assert.equal(String(error), `${name}: The pod does not answer. Start it.`);
    });
  });
}

describe("the errors of an endpoint", () => {
  test("are of the family, and say in one word what went wrong", () => {
    const error = new EndpointError("It wants a key.", {
      problem: "unauthorized",
      remedy: "Give it.",
      status: 401,
    });
    assert.ok(error instanceof WorkbookError);
    assert.equal(inspect(error), "EndpointError: It wants a key. Give it.");
    assert.equal(error.problem, "unauthorized");
    assert.equal(error.status, 401);
    assert.equal(new EndpointError("Gone.", { problem: "no-answer", remedy: "Wait." }).status, null);
  });

  test("carry the text so far where a stream broke off, and do not print it a second time", () => {
    const error = new ChatStreamError("Cut off.", {
      problem: "cut-off",
      text: "Hello",
      remedy: "Try again.",
    });
    assert.ok(error instanceof WorkbookError);
    assert.equal(inspect(error), "ChatStreamError: Cut off. Try again.");
    assert.equal(error.text, "Hello");
  });
});
