import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  createPod,
  deleteLeftover,
  listLeftovers,
  type RunPodContext,
} from "../../../lib/src/runpod/index.ts";
import { startPodWorld } from "../pod-world.ts";
import { canaries, gatedPlan } from "../sample-plans.ts";

/** Makes a network volume as somebody does by hand in the console. */
async function makeVolume({ connection }: RunPodContext, name: string, sizeGb: number): Promise<void> {
  const answer = await fetch(`${connection.apiUrl}/network-volumes`, {
    method: "POST",
    headers: { authorization: `Bearer ${canaries.runpod}` },
    body: JSON.stringify({ name, size: sizeGb, dataCenter: "EU-RO-1" }),
  });
  assert.equal(answer.status, 201);
}

describe("what stays on the account when nothing runs", () => {
  test("is every network volume with its price, and this workbook's own template and secret", async (context) => {
    const { open, rehearsal } = await startPodWorld(context);
    const workbook = open();
    assert.deepEqual(await listLeftovers({ context: workbook }), []);
    await createPod(gatedPlan(), { context: workbook });
    await createPod(gatedPlan(), { context: open({ workbook: "other" }) });
    await makeVolume(workbook, "somebody's data", 1_100);
    await makeVolume(workbook, `workbook-${workbook.workbookId}-weights`, 100);
    const found = await listLeftovers({ context: workbook });
    assert.deepEqual(
      found.map(({ kind, name, isOurs }) => [kind, name, isOurs]),
      [
        ["network volume", "somebody's data", false],
        ["network volume", `workbook-${workbook.workbookId}-weights`, true],
        ["template", `workbook-${workbook.workbookId}`, true],
        ["secret", `workbook_${workbook.workbookId}_hf_token`, true],
      ],
    );
    // 0.07 $ a GB and month for the first 1,000, 0.05 $ beyond.
    const prices = found.map(({ usdPerMonth }) => Math.round(usdPerMonth * 100) / 100);
    assert.deepEqual(prices, [75, 7, 0, 0]);
    assert.ok(rehearsal.ledger().usdPerHour > (0.07 * 1_200) / 730);
  });

  test("is deleted for good where it is ours, and left alone where it is not", async (context) => {
    const { open } = await startPodWorld(context);
    const workbook = open();
    await createPod(gatedPlan(), { context: workbook });
    await makeVolume(workbook, "somebody's data", 10);
    await makeVolume(workbook, `workbook-${workbook.workbookId}`, 10);
    const [others, ...own] = await listLeftovers({ context: workbook });
    assert.ok(others !== undefined);
    await assert.rejects(
      deleteLeftover(others, { context: workbook }),
      /somebody's data\) was not made by this workbook/,
    );
    for (const leftover of own) await deleteLeftover(leftover, { context: workbook });
    assert.deepEqual(await listLeftovers({ context: workbook }), [others]);
    for (const leftover of own) await deleteLeftover(leftover, { context: workbook });
  });

  test("is not taken for deleted by one list in which it is missing", async (context) => {
    const { open } = await startPodWorld(context);
    const workbook = open();
    await makeVolume(workbook, `workbook-${workbook.workbookId}`, 10);
    const [volume] = await listLeftovers({ context: workbook });
    assert.ok(volume !== undefined);
    let times = 2;
    const listNetworkVolumes: typeof workbook.client.listNetworkVolumes = async (options) =>
      times-- > 0 ? [] : workbook.client.listNetworkVolumes(options);
    const client = { ...workbook.client, listNetworkVolumes };
    await deleteLeftover(volume, { context: open({ parts: { client } }) });
    assert.deepEqual(await listLeftovers({ context: workbook }), []);
  });

  test("can be listed where the API has no route for secrets yet", async (context) => {
    const { open } = await startPodWorld(context, { faults: [{ kind: "no-secrets" }] });
    assert.deepEqual(await listLeftovers({ context: open() }), []);
  });
});
