import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  findModel,
  loadGpus,
  loadHostedModels,
  loadModels,
  loadPriceBook,
} from "../../lib/src/facts/index.ts";
import { planPod } from "../../lib/src/runpod/index.ts";

const cardCounts = [1, 2, 4, 8];

/** Whether one pod of some kind of card holds the model. */
function canBePlanned(model: string): boolean {
  return loadGpus().some(({ id }) =>
    cardCounts.some((gpuCount) => {
      try {
        return planPod({ model, gpus: [id], gpuCount }).gpuCandidates.length > 0;
      } catch {
        return false;
      }
    }),
  );
}

describe("a model with a current price", () => {
  const priced = new Set(
    loadPriceBook()
      .prices.filter(({ status, model }) => status === "current" && model !== null)
      .map(({ model }) => String(model)),
  );

  test("can be planned, or is named as to be had from a provider only", () => {
    const hosted = loadHostedModels().map(({ id }) => id);
    assert.ok(priced.size > 0);
    assert.deepEqual(
      [...priced].filter((model) => !(hosted.includes(model) || canBePlanned(model))),
      [],
    );
  });

  test("has one name: the price book spells it as the table of models does", () => {
    const known = [...priced].flatMap((model) => findModel(model) ?? []);
    assert.deepEqual(
      known.map(({ id }) => id).filter((id) => !priced.has(id)),
      [],
    );
  });
});

describe("a model that is to be had from a provider only", () => {
  test("is refused with the reason", () => {
    for (const { id, reason } of loadHostedModels()) {
      assert.throws(
        () => planPod({ model: id }),
        (error) => error instanceof Error && error.message.includes(`${id} cannot be planned: ${reason}.`),
      );
    }
  });

  test("is not in the table of models too", () => {
    const known = loadModels().map(({ id }) => id.toLowerCase());
    assert.deepEqual(
      loadHostedModels().filter(({ id }) => known.includes(id.toLowerCase())),
      [],
    );
  });
});
