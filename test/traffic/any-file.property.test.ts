import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { InputError } from "../../lib/src/errors.ts";
import { checkTrace, loadTrace } from "../../lib/src/traffic/index.ts";
import { makeFolder } from "../helpers/environment.ts";

const names = fc.constantFrom(
  ...["timestamp", "start_time", "created", "ts_ns", "prompt_tokens", "completion_tokens", "input", "output"],
  ...[
    "usage",
    "usage_details",
    "data",
    "results",
    "requests",
    "status",
    "error",
    "columns",
    "__proto__",
    "a.b",
  ],
);
const cells = fc.oneof(
  fc.constantFrom(
    "",
    "null",
    "2026-05-29T10:00:00Z",
    "2026-05-29",
    "0001-01-01 00:00:00",
    "ok",
    "error",
    "{",
    "[]",
  ),
  fc.constantFrom(1_780_000_000, 1.78e12, 1.78e15, 1.78e18, 1e300, -1, 0.5, 20_260_529_100_000),
  fc.nat({ max: 500 }),
  fc.constantFrom(null, true, false),
);
const { value: json } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, cells, fc.array(tie("value"), { maxLength: 4 }), tie("fields")),
  fields: fc.dictionary(names, tie("value"), { maxKeys: 6 }),
}));
const csv = fc
  .tuple(
    fc.array(names, { minLength: 1, maxLength: 6 }),
    fc.array(fc.array(cells, { maxLength: 7 }), { maxLength: 6 }),
  )
  .map(([head, rows]) => [head, ...rows].map((row) => row.join(",")).join("\n"));
const content = fc.oneof(
  csv,
  json.map((value) => JSON.stringify(value)),
  json.map((value) => JSON.stringify(value, null, 2)),
  fc.array(json, { maxLength: 6 }).map((values) => values.map((value) => JSON.stringify(value)).join("\n")),
  fc.string({ unit: "binary" }),
);

test("any file makes a whole trace, or an error that says what to do", async (t) => {
  const path = join(makeFolder(t), "any.txt");
  await fc.assert(
    fc.asyncProperty(content, async (text) => {
      writeFileSync(path, text);
      try {
        checkTrace(await loadTrace(path), "test");
      } catch (error) {
        assert.ok(error instanceof InputError, String(error));
        assert.match(error.message, /^loadTrace: .*any\.txt/);
        assert.ok(error.message.length < 1_500, error.message);
      }
    }),
    { numRuns: Number(process.env["WORKBOOK_TEST_CASES"] ?? 200) },
  );
});
