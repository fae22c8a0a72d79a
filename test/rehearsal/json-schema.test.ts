import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { z } from "zod";
import { listNumbers } from "../../rehearsal/src/model-server/schema/number-values.ts";
import { readSchema } from "../../rehearsal/src/model-server/schema/read-schema.ts";
import { writeInstance } from "../../rehearsal/src/model-server/schema/write-instance.ts";

/** Schemas of all kinds that the rehearsal writes, some levels deep. */
const { schema: schemas } = fc.letrec<{ schema: z.core.JSONSchema.JSONSchema }>((tie) => ({
  schema: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom({ type: "string" }, { type: "boolean" }, { type: "null" }, { type: "number" }),
    fc.record({ type: fc.constant<["integer", "null"]>(["integer", "null"]) }),
    fc.record({
      type: fc.constant("string"),
      minLength: fc.nat(5),
      maxLength: fc.integer({ min: 5, max: 90 }),
    }),
    fc.record({
      type: fc.constant("integer"),
      minimum: fc.integer({ min: -50, max: 50 }),
      maximum: fc.integer({ min: 50, max: 99 }),
    }),
    fc.record({ type: fc.constant("number"), exclusiveMinimum: fc.nat(50) }),
    fc.record({ enum: fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { minLength: 1 }) }),
    fc.record({ const: fc.oneof(fc.string(), fc.integer(), fc.boolean()) }),
    fc.record({
      type: fc.constant("array"),
      items: tie("schema"),
      minItems: fc.nat(2),
      maxItems: fc.integer({ min: 2, max: 6 }),
    }),
    fc.record({ anyOf: fc.array(tie("schema"), { minLength: 1, maxLength: 3 }) }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie("schema"), { maxKeys: 4 }).map((properties) => ({
      type: "object" as const,
      properties,
      required: Object.keys(properties),
      additionalProperties: false,
    })),
  ),
}));

describe("a value written by a JSON schema", () => {
  test("keeps to it, whatever the seed", () => {
    fc.assert(
      fc.property(schemas, fc.nat(), (schema, seed) => {
        const value: unknown = JSON.parse(writeInstance(readSchema(schema), seed));
        const outcome = z.fromJSONSchema(schema).safeParse(value);
        assert.ok(outcome.success, `${JSON.stringify(value)} is none of ${JSON.stringify(schema)}`);
      }),
      { numRuns: 300 },
    );
  });

  test("has what is required, follows references and ends where they go round in a circle", () => {
    const tree = {
      $ref: "#/$defs/node",
      $defs: {
        node: {
          type: "object",
          properties: { name: { const: "leaf" }, left: { $ref: "#/$defs/node" } },
          required: ["name"],
          additionalProperties: false,
        },
      },
    };
    const value = z.object({ name: z.literal("leaf") }).parse(JSON.parse(writeInstance(readSchema(tree), 1)));
    assert.equal(value.name, "leaf");
    const endless = {
      $defs: { a: { type: "object", properties: { a: { $ref: "#/$defs/a" } }, required: ["a"] } },
      $ref: "#/$defs/a",
    };
    assert.throws(() => readSchema(endless), /nested too deeply for the rehearsal/);
  });

  test("is the very one that a schema names, also where that is a list or an object", () => {
    const value = { a: [1, { b: null }], c: {} };
    assert.deepEqual(JSON.parse(writeInstance(readSchema({ const: value }), 1)), value);
  });

  test("is refused where the schema is none, or one that the rehearsal cannot write", () => {
    const refused: [schema: object, words: RegExp][] = [
      [{ type: "nonsense" }, /Invalid type: nonsense/],
      [{ enum: [] }, /anyOf is empty/],
      [{ type: "object", required: "x" }, /Expected array for 'required', got "x"/],
      [{ type: "string", pattern: "a+" }, /the rehearsal cannot write texts by a pattern/],
      [{ type: "string", minLength: 5, maxLength: 1 }, /minLength \(5\) is greater than maxLength \(1\)/],
      [{ type: "object", properties: { a: { $ref: "#/$defs/b" } } }, /Pointer '\/\$defs\/b' does not exist/],
    ];
    for (const [schema, words] of refused)
      assert.throws(() => readSchema(schema), { name: "VllmRefusal", message: words });
  });
});

test("numbers within limits are listed, and none where none fits", () => {
  const whole = { isWhole: true, isAbove: false, isBelow: false, step: undefined };
  assert.deepEqual(listNumbers({ ...whole, minimum: 1, maximum: 4 }), [1, 2, 3, 4]);
  assert.deepEqual(listNumbers({ ...whole, minimum: 1, maximum: 4, isAbove: true, isBelow: true }), [2, 3]);
  assert.deepEqual(listNumbers({ ...whole, minimum: 5, maximum: 1 }), []);
  assert.deepEqual(listNumbers({ ...whole, minimum: 0, maximum: 20, step: 10 }), [0, 10, 20]);
  const broken = { ...whole, isWhole: false };
  const numbers = listNumbers({ ...broken, minimum: 0, maximum: 1, isAbove: true });
  assert.ok(numbers.length > 3 && numbers.every((number) => number > 0 && number <= 1));
  assert.deepEqual(listNumbers({ ...broken, minimum: 2, maximum: 2 }), [2]);
});
