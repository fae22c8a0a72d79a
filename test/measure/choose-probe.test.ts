import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  chooseProbe,
  findEdge,
  judgeProbe,
  mostRequests,
  type Probe,
} from "../../lib/src/measure/choose-probe.ts";
import { seededRandom } from "../../lib/src/seeded-random.ts";

function probe(streams: number, [kept, requests]: readonly [kept: number, requests: number]): Probe {
  return { streams, kept, requests, unjudged: 0, isClientBound: false };
}

/** Searches a server whose requests keep to the target with a chance that depends on the streams. */
function search(options: {
  ladder: readonly number[];
  wanted: number;
  requests: number;
  /** `true`: that one request, the how-manieth of that level, kept to the target. */
  keeps: (streams: number, index: number) => boolean;
}) {
  const { ladder, wanted, keeps } = options;
  const probes = new Map<number, Probe>();
  const measure = (streams: number, more: number) => {
    const { requests, kept } = probes.get(streams) ?? probe(streams, [0, 0]);
    const indices = Array.from({ length: more }, (_, index) => requests + index);
    const right = indices.filter((index) => keeps(streams, index)).length;
    probes.set(streams, probe(streams, [kept + right, requests + more]));
  };
  for (const streams of ladder) measure(streams, options.requests);
  let rounds = 0;
  for (; rounds < 100; rounds++) {
    const next = chooseProbe([...probes.values()], wanted);
    if (next === null) break;
    measure(next.streams, next.requests);
  }
  return { ...findEdge([...probes.values()], wanted), rounds, probes: [...probes.values()] };
}

describe("one probe", () => {
  test("counts only if its whole interval lies on one side of the wanted share", () => {
    assert.equal(judgeProbe(probe(4, [73, 73]), 0.95), "keeps");
    assert.equal(judgeProbe(probe(4, [72, 72]), 0.95), "open");
    assert.equal(judgeProbe(probe(4, [8, 16]), 0.95), "misses");
    assert.equal(judgeProbe(probe(4, [15, 16]), 0.95), "open");
    assert.equal(judgeProbe(probe(4, [3, 4]), 0.5), "open");
    assert.equal(judgeProbe(probe(1, [0, 0]), 0.95), "open");
  });

  test("of a target for all requests never keeps it for sure, and misses it with one that came late", () => {
    assert.equal(judgeProbe(probe(4, [2_000, 2_000]), 1), "open");
    assert.equal(judgeProbe(probe(4, [1_999, 2_000]), 1), "misses");
  });

  test("takes requests that could not be judged for either", () => {
    assert.equal(judgeProbe({ ...probe(4, [90, 90]), unjudged: 30 }, 0.95), "open");
    assert.equal(judgeProbe({ ...probe(4, [0, 1]), unjudged: 30 }, 0.95), "open");
    assert.equal(judgeProbe({ ...probe(4, [0, 30]), unjudged: 10 }, 0.95), "misses");
  });

  test("in which the client was the limit never misses", () => {
    assert.equal(judgeProbe({ ...probe(4, [0, 30]), isClientBound: true }, 0.95), "open");
    assert.equal(judgeProbe({ ...probe(4, [90, 90]), isClientBound: true }, 0.95), "keeps");
  });
});

describe("the next probe", () => {
  test("gives a level that straddles more requests, as many as it takes at least", () => {
    const probes = [probe(8, [32, 32]), probe(16, [64, 64]), probe(32, [20, 128])];
    assert.deepEqual(chooseProbe(probes, 0.95), { streams: 16, requests: 64 });
    assert.deepEqual(chooseProbe([probe(1, [4, 4]), probe(2, [1, 8])], 0.95), { streams: 1, requests: 69 });
  });

  test("lies half way between the last level that keeps the target and the first that misses it", () => {
    const probes = [probe(16, [128, 128]), probe(32, [20, 128])];
    assert.deepEqual(chooseProbe(probes, 0.95), { streams: 24, requests: 73 });
  });

  test("goes below the ladder where its first level misses the target, down to 1 stream", () => {
    assert.deepEqual(chooseProbe([probe(8, [2, 32])], 0.95), { streams: 4, requests: 73 });
    assert.equal(chooseProbe([probe(1, [2, 32])], 0.95), null);
  });

  test("is none above a ladder that keeps to the target up to its end", () => {
    assert.equal(chooseProbe([probe(1, [4, 4]), probe(8, [80, 80])], 0.95), null);
  });

  test("is none where nothing can be judged", () => {
    assert.equal(chooseProbe([{ ...probe(1, [0, 0]), unjudged: 4 }], 0.95), null);
    assert.equal(chooseProbe([{ ...probe(1, [0, 3]), unjudged: 1 }], 0.95), null);
  });

  test("goes on at both sides of one that still straddles with as many requests as it may have", () => {
    const most = mostRequests(0.95);
    const edge = probe(12, [Math.round(most * 0.95), most]);
    const probes = [probe(4, [80, 80]), edge, probe(16, [1, 80])];
    assert.deepEqual(chooseProbe(probes, 0.95), { streams: 8, requests: 73 });
    const nearer = [...probes, probe(8, [80, 80]), probe(10, [80, 80])];
    assert.deepEqual(chooseProbe(nearer, 0.95), { streams: 14, requests: 73 });
  });
});

describe("the search", () => {
  const ladders = [[1, 2, 4, 8, 16, 32], [1, 2, 4], [8], [3, 30], [1, 2, 4, 8, 16, 32, 64, 128, 256]];

  test("finds the edge of a server that keeps the target up to some streams and misses it beyond", () => {
    for (const wanted of [0.5, 0.9, 0.95, 0.99]) {
      for (const ladder of ladders) {
        const top = ladder.at(-1) ?? 1;
        for (let edge = 0; edge < top; edge++) {
          const keeps = (streams: number) => streams <= edge;
          const { most, firstBad, isFound, rounds } = search({ ladder, wanted, requests: 4, keeps });
          assert.ok(isFound && (most?.streams ?? 0) <= edge && (firstBad?.streams ?? 0) > edge);
          assert.ok((firstBad?.streams ?? 0) - (most?.streams ?? 0) <= Math.max(1, edge / 16));
          assert.ok(rounds <= 16, `${rounds} rounds`);
        }
        const { most, firstBad } = search({ ladder, wanted, requests: 4, keeps: () => true });
        assert.deepEqual([most?.streams, firstBad], [top, null]);
      }
    }
  });

  test("finds the edge of a target that hardly any request has to keep", () => {
    const keeps = (streams: number) => streams <= 3;
    const { most, firstBad, isFound } = search({ ladder: [1, 2, 4], wanted: 0.01, requests: 4, keeps });
    assert.deepEqual([most?.streams, firstBad?.streams, isFound], [3, 4, true]);
  });

  test("of a share that falls little by little holds the edge between its ends, and always ends", () => {
    const random = seededRandom(19);
    let wrong = 0;
    let found = 0;
    const runs = 300;
    for (let run = 0; run < runs; run++) {
      const wanted = [0.5, 0.9, 0.95][run % 3] ?? 0.5;
      const middle = 1 + random() * 40;
      const width = 0.5 + random() * 6;
      const shareAt = (streams: number) => 1 / (1 + Math.exp((streams - middle) / width));
      const ladder = ladders[run % ladders.length] ?? [];
      const keeps = (streams: number) => random() < shareAt(streams);
      const { most, firstBad, isFound, rounds, probes } = search({ ladder, wanted, requests: 16, keeps });
      assert.ok(rounds < 60, `${rounds} rounds`);
      assert.ok(probes.every(({ requests }) => requests <= mostRequests(wanted)));
      if (isFound) found++;
      if (most !== null && shareAt(most.streams) < wanted) wrong++;
      if (firstBad !== null && shareAt(firstBad.streams) >= wanted) wrong++;
    }
    // Each interval may lie wrong in 1 of 40 cases on that side, and each level is looked at more than once.
    assert.ok(wrong < runs * 0.15, `${wrong} wrong ends in ${runs} searches`);
    assert.ok(found > 0);
  });
});
