import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  createPod,
  extendPod,
  listPods,
  openPodEndpoint,
  readPodLog,
  sweepPods,
  terminatePod,
  waitUntilReady,
} from "../../../lib/src/runpod/index.ts";
import { assertRequestMatchesContract, contractSkip } from "../../helpers/runpod-contract.ts";
import { startPodWorld } from "../pod-world.ts";
import { gatedPlan, smallPlan } from "../sample-plans.ts";

describe("what the workbook sends", { skip: contractSkip }, () => {
  for (const faults of [[], [{ kind: "old-contract" } as const]]) {
    test(`is what Runpod's contract takes, through a pod's whole life${faults.length === 0 ? "" : " on an older API"}`, async (context) => {
      const { open, rehearsal } = await startPodWorld(context, { faults });
      const workbook = open();
      const pod = await createPod(gatedPlan(), { context: workbook });
      await waitUntilReady(pod, { context: workbook });
      await createPod(smallPlan({ containerDiskGb: 90 }), { context: workbook });
      const renewed = open();
      renewed.connection.huggingFaceToken = "hf_canary_another_token";
      await createPod(gatedPlan(), { context: renewed });
      await openPodEndpoint({ context: workbook });
      await listPods({ context: workbook });
      await readPodLog(pod, { context: workbook, tail: 5, seconds: 1 });
      await extendPod(pod, { context: workbook, minutes: 5 });
      await terminatePod(pod, { context: workbook });
      await sweepPods({ context: workbook, everything: true });
      await workbook.client.fetchAccount();
      const [template] = await workbook.client.listTemplates();
      await workbook.client.deleteTemplate(template?.id ?? "");
      const operations = new Set<string>();
      for (const { method, path, requestBody, operation, status } of rehearsal.calls()) {
        // The first try with the newer contract's fields is what an older API refuses.
        if (faults.length > 0 && status === 422) continue;
        assertRequestMatchesContract(method, path, requestBody);
        operations.add(operation ?? `${method} ${path}`);
      }
      assert.deepEqual([...operations].sort(), [
        ...[
          "createPod",
          "createSecret",
          "createTemplate",
          "deletePod",
          "deleteTemplate",
          "getPod",
          "getPodLogs",
        ],
        ...[
          "graphql",
          "listGpuTypes",
          "listPodBilling",
          "listPods",
          "listSecrets",
          "listTemplates",
          "updatePod",
        ],
        ...["updateSecret", "updateTemplate"],
      ]);
    });
  }
});
