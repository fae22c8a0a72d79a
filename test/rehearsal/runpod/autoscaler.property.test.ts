import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { createFaultList } from "../../../rehearsal/src/faults/runpod-faults.ts";
import { createAccount } from "../../../rehearsal/src/runpod/account/account.ts";
import { readLedger } from "../../../rehearsal/src/runpod/account/ledger.ts";
import { createRehearsalClock } from "../../../rehearsal/src/runpod/account/rehearsal-clock.ts";
import { createAutoscaler } from "../../../rehearsal/src/runpod/serverless/autoscaler.ts";
import type { Endpoint } from "../../../rehearsal/src/runpod/serverless/endpoint.ts";
import { goodEndpoint, stoppedClock } from "../../helpers/rehearsed-account.ts";

const command = fc.oneof(
  fc.constant({ kind: "ask" as const }),
  fc.constant({ kind: "finish" as const }),
  fc.constant({ kind: "give up" as const }),
  fc.record({ kind: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 40 }) }),
  fc.constant({ kind: "lose a worker" as const }),
);

const shape = fc.record({
  min: fc.integer({ min: 0, max: 2 }),
  more: fc.integer({ min: 1, max: 3 }),
  requestCount: fc.integer({ min: 1, max: 4 }),
  commands: fc.array(command, { minLength: 5, maxLength: 60 }),
});

function open({ min, max, requestCount }: { min: number; max: number; requestCount: number }) {
  const account = createAccount({
    clock: createRehearsalClock(stoppedClock),
    faults: createFaultList(),
    initialUsd: 1_000,
  });
  const autoscaler = createAutoscaler({ account, bootMs: 30_000 });
  const { name, image, args, disk, ports, env } = goodEndpoint;
  const endpoint: Endpoint = {
    id: "e1",
    name,
    container: { image, args, disk, ports, env, entrypoint: null, cmd: null, registry: null, mounts: {} },
    gpu: {
      pools: ["AMPERE_48"],
      excludedTypes: [],
      count: 1,
      allowedCudaVersions: [],
      minCudaVersion: null,
    },
    workerLimits: { min, max, idleTimeout: 10 },
    scaling: { type: "REQUEST_COUNT", requestCount },
    flashboot: "OFF",
    timeoutMs: 330_000,
    dataCenterIds: [],
    createdAtMs: account.clock.nowMs(),
    createdBy: "",
    deletedAtMs: null,
    workers: [],
    workerIds: [],
    waiting: new Set(),
  };
  account.endpoints.set(endpoint.id, endpoint);
  autoscaler.scale();
  return { account, autoscaler, endpoint };
}

describe("the stand-in's autoscaler, whatever comes", () => {
  test("stays between minimum and maximum, gives only workers that are ready, and pays for nothing once all is over", () => {
    fc.assert(
      fc.property(shape, ({ min, more, requestCount, commands }) => {
        const max = min + more;
        const { account, autoscaler, endpoint } = open({ min, max, requestCount });
        const waiting: ReturnType<typeof autoscaler.arrive>[] = [];
        const working: NonNullable<ReturnType<typeof autoscaler.take>>[] = [];
        const wait = (seconds: number) => {
          account.clock.advance(seconds * 1_000);
          autoscaler.scale();
        };
        for (const step of commands) {
          if (step.kind === "ask") waiting.push(autoscaler.arrive(endpoint));
          if (step.kind === "wait") wait(step.seconds);
          if (step.kind === "finish") {
            const done = working.shift();
            if (done !== undefined) autoscaler.release(done);
          }
          if (step.kind === "give up") {
            const tired = waiting.shift();
            if (tired !== undefined) autoscaler.leave(endpoint, tired);
          }
          if (step.kind === "lose a worker") {
            const pod = endpoint.workers[0]?.pod;
            if (pod !== null && pod !== undefined) account.endPod(pod, "host");
            autoscaler.scale();
          }
          for (const request of [...waiting]) {
            const worker = autoscaler.take(endpoint, request);
            if (worker === null) break;
            const startedMs = worker.pod?.start?.atMs ?? Number.NaN;
            assert.ok(account.clock.nowMs() - startedMs >= 30_000, "its cold start is over");
            waiting.splice(waiting.indexOf(request), 1);
            working.push(worker);
          }
          assert.ok(endpoint.workers.length >= min && endpoint.workers.length <= max);
        }
        for (const request of waiting) autoscaler.leave(endpoint, request);
        for (const worker of working) autoscaler.release(worker);
        wait(60);
        assert.equal(endpoint.workers.length, min, "only the minimum is kept");
        autoscaler.remove(endpoint);
        const ledger = readLedger(account);
        assert.deepEqual([ledger.usdPerHour, ledger.running], [0, []]);
        assert.ok(
          Math.abs(1_000 - ledger.balanceUsd - ledger.totalUsd) < 1e-9,
          "the balance paid what the ledger says",
        );
      }),
      { numRuns: 200 },
    );
  });
});
