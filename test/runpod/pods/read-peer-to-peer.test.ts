import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describeEndpoint } from "../../../lib/src/endpoint/index.ts";
import { createPod, openPodEndpoint, waitUntilReady } from "../../../lib/src/runpod/index.ts";
import { readPeerToPeer } from "../../../lib/src/runpod/pods/read-peer-to-peer.ts";
import { startPodWorld } from "../pod-world.ts";
import { smallPlan } from "../sample-plans.ts";

function read(gpuCount: number, ...texts: readonly string[]) {
  const lines = texts.map((text) => ({ source: "container", text, at: null, id: null }));
  return readPeerToPeer(lines, gpuCount);
}

const pair = (word: string) => `workbook: peer-to-peer: GPU0 X ${word}; GPU1 ${word} X`;

describe("the links between the cards of a pod", () => {
  test("are peer-to-peer where every pair says OK", () => {
    assert.equal(read(2, "start container", pair("OK"), "vLLM"), "yes");
    const four = "GPU0 X OK OK OK; GPU1 OK X OK OK; GPU2 OK OK X OK; GPU3 OK OK OK X";
    assert.equal(read(4, `workbook: peer-to-peer: ${four}`), "yes");
  });

  for (const word of ["CNS", "GNS", "TNS", "NS", "DR"]) {
    test(`are not where a pair says ${word}`, () => {
      assert.equal(read(2, pair(word)), "no");
      const three = `workbook: peer-to-peer: GPU0 X OK ${word}; GPU1 OK X OK; GPU2 ${word} OK X`;
      assert.equal(read(3, three), "no");
    });
  }

  test("are not known from anything else", () => {
    for (const word of ["U", "N/A", "PHB", "NV4", "ok", "X", ""])
      assert.equal(read(2, pair(word)), "unknown", word);
    assert.equal(read(2), "unknown");
    assert.equal(read(2, "no devices were found"), "unknown");
    assert.equal(read(4, pair("OK")), "unknown", "rows of two cards of four");
    assert.equal(read(2, "workbook: peer-to-peer: GPU0 X OK"), "unknown");
    assert.equal(read(2, "workbook: peer-to-peer: GPU0 OK X; GPU1 X OK"), "unknown", "another diagonal");
    assert.equal(read(1, "workbook: peer-to-peer: GPU0 X"), "unknown", "one card has no pair");
    assert.equal(read(2, `(APIServer pid=1) ${pair("OK")}`), "unknown", "vLLM repeats what somebody wrote");
  });

  test("are those of the last start", () => {
    assert.equal(read(2, pair("OK"), "start container", pair("NS")), "no");
  });
});

describe("a pod with two cards", () => {
  test("tells on its way up how they are linked; journal and endpoint keep it", async (context) => {
    const world = await startPodWorld(context);
    const workbook = world.open();
    const pod = await createPod(smallPlan({ gpuCount: 2 }), { context: workbook });
    const endpoint = await waitUntilReady(pod, { context: workbook });
    assert.equal(endpoint.gpu?.peerToPeer, "yes");
    assert.match(describeEndpoint(endpoint), /2 × NVIDIA \w+, peer-to-peer: yes/);
    assert.match(world.said.join(), /reach each other's memory directly/);
    assert.deepEqual(
      [...workbook.journal.read().pods.values()].map(({ peerToPeer }) => peerToPeer),
      ["yes"],
    );
    // Another process, which has not seen the log.
    const opened = await openPodEndpoint({ context: world.open() });
    assert.equal(opened.gpu?.peerToPeer, "yes");
  });

  test("becomes ready without a log, and then it is not known", async (context) => {
    const world = await startPodWorld(context, { faults: [{ kind: "silent-log" }] });
    const workbook = world.open();
    const pod = await createPod(smallPlan({ gpuCount: 2 }), { context: workbook });
    assert.equal((await waitUntilReady(pod, { context: workbook })).gpu?.peerToPeer, "unknown");
    assert.deepEqual(world.said, []);
  });
});
