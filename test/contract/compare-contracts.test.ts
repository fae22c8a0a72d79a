import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compareContracts } from "../../tools/compare-contracts.ts";

/** A small contract with one operation, of which a test changes something. */
function contract(
  change: { fields?: string[]; required?: string[]; statuses?: string[]; path?: string } = {},
) {
  const {
    fields = ["name", "disk"],
    required = ["name"],
    statuses = ["201", "422"],
    path = "/v2/pods",
  } = change;
  return {
    paths: {
      [path]: {
        post: {
          operationId: "createPod",
          parameters: [{ $ref: "#/components/parameters/Dry" }],
          requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Body" } } } },
          responses: Object.fromEntries(statuses.map((status) => [status, {}])),
        },
      },
    },
    components: {
      parameters: { Dry: { name: "dry", in: "query" } },
      schemas: {
        Body: {
          allOf: [
            { required, properties: Object.fromEntries(fields.map((field) => [field, { type: "string" }])) },
          ],
        },
      },
    },
  };
}

describe("comparing two copies of the contract", () => {
  const compare = (newer: unknown, operations = ["createPod"]) =>
    compareContracts({ older: contract(), newer, operations });

  test("finds nothing between a copy and itself, even where the path parameter has another name", () => {
    assert.deepEqual(compare(contract()), []);
    const older = contract({ path: "/v2/pods/{id}" });
    const newer = contract({ path: "/v2/pods/{podId}" });
    assert.deepEqual(compareContracts({ older, newer, operations: ["createPod"] }), []);
  });

  test("names new and lost fields, what became required, and statuses", () => {
    const newer = contract({ fields: ["name", "cmd"], required: ["name", "cmd"], statuses: ["201", "413"] });
    assert.deepEqual(compare(newer), [
      "createPod: no request field .disk",
      "createPod: no status 422",
      "createPod: + request field .cmd",
      "createPod: + request field .cmd (required)",
      "createPod: + status 413",
    ]);
  });

  test("names an operation that is gone, new, moved, or nowhere", () => {
    assert.deepEqual(compare({ paths: {} }), ["createPod: gone"]);
    assert.deepEqual(compare(contract(), ["none"]), ["none: in neither"]);
    assert.deepEqual(compare(contract({ path: "/v3/pods" })), [
      "createPod: no place POST /v2/pods",
      "createPod: + place POST /v3/pods",
    ]);
    const added = compareContracts({ older: { paths: {} }, newer: contract(), operations: ["createPod"] });
    assert.deepEqual(added, ["createPod: new"]);
  });
});
