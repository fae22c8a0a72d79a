import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError } from "../../lib/src/errors.ts";
import { loadModels } from "../../lib/src/facts/index.ts";
import { fetchModelShape } from "../../lib/src/hub/fetch-model-shape.ts";
import { openRehearsedAccount } from "../helpers/rehearsed-account.ts";

describe("a shape in a rehearsal", () => {
  const ask = async (t: Parameters<typeof openRehearsedAccount>[0]) => {
    const { rehearsal } = await openRehearsedAccount(t);
    const access = { url: rehearsal.huggingFaceUrl, token: "hf_rehearsal", isStandIn: true };
    return (id: string) => fetchModelShape(id, access);
  };

  test("is never that of another model: what the stand-in does not know is unknown here", async (t) => {
    const shapeOf = await ask(t);
    for (const id of ["somebody/huge", "BAAI/bge-large-en-v1.5", "meta-llama/Llama-9"]) {
      await assert.rejects(
        shapeOf(id),
        (error: unknown) =>
          error instanceof InputError &&
          error.problem === "unknown-here" &&
          error.problemText.startsWith(`fetchModelShape: the shape of ${id} is unknown here`),
      );
    }
  });

  test("of a model of the workbook's own table leads to its name", async (t) => {
    const shapeOf = await ask(t);
    const known = loadModels().find(({ id }) => id.startsWith("google/"));
    assert.ok(known !== undefined);
    await assert.rejects(
      shapeOf(known.id),
      (error: unknown) => error instanceof InputError && error.remedy.includes(`model: "${known.id}"`),
    );
  });

  test("is the published one of a model that the stand-in has", async (t) => {
    const shapeOf = await ask(t);
    const { layers, weightsGb } = await shapeOf("Qwen/Qwen3-8B");
    assert.deepEqual([layers, weightsGb], [36, 16.38147072]);
  });
});
