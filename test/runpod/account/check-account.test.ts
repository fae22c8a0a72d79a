import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { SettingsError } from "../../../lib/src/errors.ts";
import { checkAccount } from "../../../lib/src/runpod/account/check-account.ts";
import { createRunPodClient } from "../../../lib/src/runpod/client/client.ts";
import { RunPodError } from "../../../lib/src/runpod/client/runpod-error.ts";
import { loadSettings } from "../../../lib/src/settings.ts";
import { setEnvironment } from "../../helpers/environment.ts";
import { type ReceivedRequest, sendJson, startLocalServer } from "../../helpers/local-server.ts";
import { startPodWorld } from "../pod-world.ts";

const apiKey = "rpa_canary_not_a_key";
const pod = {
  id: "pod1",
  name: "workbook-llama",
  status: "RUNNING",
  cost: 0.44,
  gpu: { id: "NVIDIA A40", count: 1 },
  env: { VLLM_API_KEY: "sk-canary_not_a_key" },
  createdAt: "2026-11-24T03:00:00Z",
};
const noPod = { title: "Not Found", status: 404, detail: "pod not found" };
const outOfScope = { title: "Forbidden", status: 403, detail: "key may not do this" };
const ok = { data: { myself: { id: "u", clientBalance: 10, currentSpendPerHr: 0.44, spendLimit: 80 } } };

/** Answers of an account, by method and path. */
function answersOf(account: { pods?: unknown[]; patch?: [number, unknown]; graphql?: [number, unknown] }) {
  return ({ method, path }: ReceivedRequest): [number, unknown] => {
    if (path === "/graphql") return account.graphql ?? [200, ok];
    if (method === "GET" && path.startsWith("/v2/pods")) return [200, { pods: account.pods ?? [] }];
    if (method === "PATCH") return account.patch ?? [404, noPod];
    return [500, {}];
  };
}

async function startAccount(
  context: Parameters<typeof startLocalServer>[0],
  answer: (request: ReceivedRequest) => [number, unknown],
) {
  const server = await startLocalServer(context, (request, response) => {
    const [status, body] = answer(request);
    sendJson(response, body, status);
  });
  const client = createRunPodClient({ apiUrl: `${server.url}/v2`, apiKey, sleep: async () => {} });
  return { server, client };
}

describe("checkAccount", () => {
  test("says first that this machine's clock is wrong", async (t) => {
    const { open, rehearsal } = await startPodWorld(t);
    const now = () => new Date(rehearsal.nowMs() - 90 * 60_000);
    const { warnings } = await checkAccount({ context: open({ parts: { now } }) });
    assert.match(
      warnings[0] ?? "",
      /clock is 90 minutes behind that of Runpod's API.*Until then nothing is rented/,
    );
    assert.deepEqual((await checkAccount({ context: open() })).warnings, []);
  });

  test("says that the account of a rehearsal is simulated, and never that yours is", async (t) => {
    const { open } = await startPodWorld(t);
    const rehearsed = await checkAccount({ context: { ...open(), target: "rehearsal" } });
    assert.equal(rehearsed.isSimulated, true);
    assert.match(rehearsed.summary, /^account +simulated: a rehearsal's, with no key of yours\n/);
    assert.match(rehearsed.summary, /^balance +\$\d+\.\d\d \(simulated\)$/m);
    assert.match(rehearsed.summary, /^spending +\$0\.00 an hour \(simulated\), on 0 pods$/m);
    const { client } = await startAccount(t, answersOf({}));
    const real = await checkAccount({ client });
    assert.equal(real.isSimulated, false);
    assert.doesNotMatch(real.summary, /simulated/);
  });

  test("tells scope, balance and what runs, and shows no pod's environment", async (t) => {
    const { client } = await startAccount(t, answersOf({ pods: [pod, { ...pod, id: "pod2", cost: 1.5 }] }));
    const account = await checkAccount({ client });
    assert.equal(account.keyScope, "reads and writes pods");
    assert.equal(account.balanceUsd, 10);
    assert.equal(account.spendLimitUsdPerHour, 80);
    assert.equal(account.podsUsdPerHour.toFixed(2), "1.94");
    assert.deepEqual(account.pods[0], {
      id: "pod1",
      name: "workbook-llama",
      gpu: "NVIDIA A40",
      gpuCount: 1,
      status: "RUNNING",
      usdPerHour: 0.44,
      createdAt: "2026-11-24T03:00:00Z",
    });
    assert.deepEqual(account.warnings, ["2 pods cost money already: 1.94 USD an hour in all."]);
    assert.doesNotMatch(inspect(account, { depth: 9 }), /canary/);
  });

  test("changes nothing: it reads, and tries to rename a pod that does not exist", async (t) => {
    const { client, server } = await startAccount(t, answersOf({ pods: [pod] }));
    await checkAccount({ client });
    const made = server.requests.map(({ method, path }) => `${method} ${path}`).toSorted();
    assert.deepEqual(made, ["GET /v2/pods", "PATCH /v2/pods/workbook-scope-check", "POST /graphql"]);
  });

  test("knows a key that may only read", async (t) => {
    const { client } = await startAccount(t, answersOf({ patch: [403, outOfScope] }));
    const { keyScope, warnings } = await checkAccount({ client });
    assert.equal(keyScope, "reads pods only");
    assert.match(warnings.join(), /may read pods but not rent or end them/);
  });

  test("does not guess the scope from another answer", async (t) => {
    const { client } = await startAccount(t, answersOf({ patch: [400, { title: "Bad Request" }] }));
    assert.equal((await checkAccount({ client })).keyScope, "not known");
  });

  test("leaves the balance out quietly where the older API does not tell it", async (t) => {
    for (const graphql of [
      [410, { message: "gone" }],
      [200, { errors: [{ message: "no" }] }],
      [403, outOfScope],
    ] as [number, unknown][]) {
      const { client } = await startAccount(t, answersOf({ graphql }));
      const { balanceUsd, spendUsdPerHour, warnings } = await checkAccount({ client });
      assert.deepEqual([balanceUsd, spendUsdPerHour, warnings], [null, null, []]);
    }
  });

  test("warns where the balance is used up, or soon will be", async (t) => {
    const balance = (clientBalance: number, currentSpendPerHr: number): [number, unknown] => [
      200,
      { data: { myself: { clientBalance, currentSpendPerHr } } },
    ];
    const empty = await startAccount(t, answersOf({ graphql: balance(0, 0) }));
    assert.match((await checkAccount(empty)).warnings.join(), /balance is used up/);
    const low = await startAccount(t, answersOf({ graphql: balance(1.5, 1) }));
    assert.match((await checkAccount(low)).warnings.join(), /lasts 1\.5 hours/);
  });

  test("says that a key is refused, asks nothing more with it, and does not repeat it", async (t) => {
    const { client, server } = await startAccount(t, () => [401, { title: "Unauthorized", detail: apiKey }]);
    await assert.rejects(
      checkAccount({ client }),
      (error: unknown) =>
        error instanceof RunPodError &&
        error.problem === "key-refused" &&
        !/canary/.test(inspect(error) + String(error.cause)),
    );
    assert.equal(server.requests.length, 1);
  });

  test("wants a key, which no rehearsal has", async (t) => {
    setEnvironment(t, {
      WORKBOOK_IGNORE_ENV_FILE: "1",
      WORKBOOK_TARGET: "runpod",
      RUNPOD_API_KEY: "",
    });
    await assert.rejects(checkAccount(), SettingsError);
    setEnvironment(t, { WORKBOOK_TARGET: "rehearsal", RUNPOD_API_KEY: apiKey });
    assert.equal(loadSettings().runpodApiKey, null);
  });
});
