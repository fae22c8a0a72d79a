import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, test } from "node:test";
import { type Deletable, findDeletable, offerDeletion } from "../../bin/commands/money/offer-deletion.ts";
import type { Leftover, ListedEndpoint } from "../../lib/src/runpod/index.ts";

const endpoint: ListedEndpoint = {
  ...{ id: "e1", name: "workbook-…-e-…", kind: "load-balancer", model: null, createdAt: "" },
  ...{ owner: "this workbook", isWanted: true, reason: "ready", deadlineAt: null },
  ...{ minWorkers: 0, maxWorkers: 2, usdPerHourAtRest: 0, maxUsdPerHour: 2.45, isSimulated: false },
  workers: { running: 0, idle: 0, initializing: 0, throttled: 0, unhealthy: 0 },
};
const volume: Leftover = {
  ...{ kind: "network volume", id: "v1", name: "workbook-…-weights", isOurs: true },
  ...{ usdPerMonth: 7, note: "100 GB", isSimulated: false },
};
const secret: Leftover = {
  kind: "secret",
  id: "s1",
  name: "workbook_…_hf_token",
  isOurs: true,
  usdPerMonth: 0,
  note: "",
  isSimulated: false,
};

/** Lets somebody type an answer, or be away, and records what is printed and removed. */
async function offer(options: {
  answer?: string;
  isConfirmed?: boolean;
  things?: Deletable[];
  resisting?: string;
}) {
  const {
    answer,
    resisting,
    isConfirmed = false,
    things = findDeletable({ pods: [], endpoints: [], leftovers: [volume, secret] }),
  } = options;
  const input = Object.assign(new PassThrough(), {
    isTTY: answer !== undefined,
    setRawMode() {},
  });
  const output = new PassThrough();
  const removed: string[] = [];
  let printed = "";
  let isAnswered = false;
  output.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
    // As on a terminal: the answer comes after the question, and Enter by itself.
    if (!isAnswered && printed.includes("[yes/no]")) {
      isAnswered = true;
      setImmediate(() => input.write(`${answer}\r`));
    }
  });
  const failure = await offerDeletion({
    things,
    isConfirmed,
    terminal: { input, output },
    remove: async ({ id }) => {
      if (id === resisting) throw new Error(`${id} is in use`);
      removed.push(id);
    },
  }).catch((error: unknown) => error);
  return { removed, printed, failure };
}

describe("what npm run pods offers to delete", () => {
  test("is what costs money at rest or is not wanted, and what lies about where nothing uses it", () => {
    const ids = (things: Deletable[]) => things.map(({ id }) => id);
    const leftovers = [volume, secret, { ...volume, id: "v2", isOurs: false }];
    assert.deepEqual(ids(findDeletable({ pods: [], endpoints: [], leftovers })), ["v1", "s1"]);
    assert.deepEqual(ids(findDeletable({ pods: [], endpoints: [endpoint], leftovers })), ["v1"]);
    const costly = { ...endpoint, minWorkers: 1, usdPerHourAtRest: 1.22 };
    assert.deepEqual(findDeletable({ pods: [], endpoints: [costly], leftovers: [] }), [
      { kind: "endpoint", id: "e1", name: endpoint.name, cost: "$1.22 an hour" },
    ]);
    const unwanted = { ...endpoint, isWanted: false };
    assert.deepEqual(ids(findDeletable({ pods: [], endpoints: [unwanted], leftovers })), ["e1", "v1", "s1"]);
    const others: ListedEndpoint = { ...costly, owner: "not a workbook" };
    assert.deepEqual(findDeletable({ pods: [], endpoints: [others], leftovers: [] }), []);
  });

  test("goes only after a yes", async () => {
    const agreed = await offer({ answer: "yes" });
    assert.deepEqual(agreed.removed, ["v1", "s1"]);
    assert.match(agreed.printed, /network volume v1 \(workbook-…-weights\): \$7\.00 a month/);
    assert.match(agreed.printed, /secret s1 .*: costs nothing/);
    assert.match(agreed.printed, /Deleted the secret s1; it is gone\./);
    const declined = await offer({ answer: "y" });
    assert.deepEqual(declined.removed, []);
    assert.match(declined.printed, /Nothing was deleted/);
  });

  test("goes without asking with --yes, and never where nobody can be asked", async () => {
    assert.deepEqual((await offer({ isConfirmed: true })).removed, ["v1", "s1"]);
    const away = await offer({});
    assert.deepEqual(away.removed, []);
    assert.match(away.printed, /npm run pods -- --yes/);
    assert.equal((await offer({ things: [] })).printed, "");
  });

  test("goes also where one thing before it resists, which is said in the end", async () => {
    const { removed, printed, failure } = await offer({ answer: "yes", resisting: "v1" });
    assert.deepEqual(removed, ["s1"]);
    assert.match(printed, /The network volume v1 could not be deleted: Error: v1 is in use/);
    assert.match(String(failure), /1 of 2 is still there: network volume v1\./);
  });
});
