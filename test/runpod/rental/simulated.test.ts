import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describePlan } from "../../../lib/src/describe-plan.ts";
import {
  createEndpoint,
  createPod,
  deleteEndpoint,
  extendPod,
  listEndpoints,
  listGpus,
  listLeftovers,
  listPods,
  listServerlessPools,
  readBudget,
  sweepPods,
  terminatePod,
} from "../../../lib/src/runpod/index.ts";
import { smallEndpoint, startEndpointWorld } from "../endpoints/endpoint-world.ts";
import { gatedPlan, smallPlan } from "../sample-plans.ts";

describe("what a rehearsal makes up", () => {
  for (const target of ["rehearsal", "runpod"] as const) {
    const isSimulated = target === "rehearsal";

    test(`is marked as simulated from the order to the bill: ${target}, ${isSimulated}`, async (t) => {
      const world = await startEndpointWorld(t);
      const context = Object.assign(world.open(), { target });
      const pod = await createPod(gatedPlan(), { context });
      const endpoint = await createEndpoint(smallEndpoint(), { context });
      const [longer, again] = [
        await extendPod(pod, { minutes: 5, context }),
        await createPod(smallPlan(), { context }),
      ];
      const made = [pod, endpoint, longer, again];
      const listed = [
        ...(await listPods({ context })),
        ...(await listEndpoints({ context })),
        ...(await listLeftovers({ context })),
        await readBudget({ context }),
      ];
      const ended = [
        await terminatePod(pod, { context }),
        await deleteEndpoint(endpoint, { context }),
        ...(await sweepPods({ context, everything: true })).ended,
      ];
      const all = [...made, ...listed, ...ended];
      assert.deepEqual(new Set(all.map((one) => one.isSimulated)), new Set([isSimulated]));
      assert.deepEqual([made.length, listed.length, ended.length], [4, 6, 3]);
    });

    test(`is marked as simulated in plans that count on its offers: ${target}, ${isSimulated}`, async (t) => {
      const world = await startEndpointWorld(t);
      const context = Object.assign(world.open(), { target });
      const plans = [
        smallPlan({ offers: await listGpus({ context }) }),
        smallEndpoint({ offers: await listServerlessPools({ context }) }),
      ];
      for (const plan of plans) {
        assert.equal(/^price .*simulated/m.test(describePlan(plan)), isSimulated, describePlan(plan));
      }
      assert.doesNotMatch(describePlan(smallPlan()), /simulated/, "published prices, with nobody's offer");
    });

    test(`is marked as simulated in errors that say dollars: ${target}, ${isSimulated}`, async (t) => {
      const world = await startEndpointWorld(t);
      const context = Object.assign(world.open({ maxUsd: 0.1 }), { target });
      const dear = createPod(smallPlan(), { context, maxUsdPerHour: 0.01 });
      const message = { message: isSimulated ? /per hour now \(simulated\)/ : /per hour now, which/ };
      await assert.rejects(dear, message);
      const beyond = { message: isSimulated ? /make \$[\d.]+ \(simulated\)\. End/ : /make \$[\d.]+\. End/ };
      await assert.rejects(createPod(smallPlan(), { context }), beyond);
    });
  }
});
