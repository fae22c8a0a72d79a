import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Level } from "../../lib/src/measure/index.ts";
import { measurementSchema, toCapacities, toCapacity } from "../../lib/src/measure/index.ts";
import { readWarm } from "../../lib/src/measure/warm-reading.ts";
import { allAt, makeLevel, makeMeasurement } from "../helpers/measurement.ts";

type Conversations = NonNullable<Level["conversations"]>;

/** Eight conversations of which three quarters repeat: first turns nothing, later ones nine tenths. */
function talk(parts: Partial<Conversations> = {}): Conversations {
  const turns = { requests: 8, inputTokens: 800, timeToFirstTokenMs: allAt(100) };
  return {
    turns: 4,
    conversations: 8,
    expectedHitShare: 0.75,
    serverHitShare: 0.75,
    usageHitShare: null,
    cold: { ...turns, expectedHitShare: 0, tokensPerSecond: 1_000 },
    warm: { ...turns, expectedHitShare: 0.9, tokensPerSecond: 10_000 },
    ...parts,
  };
}

const chatsOf = (parts: Partial<Conversations> = {}, level: Partial<Level> = {}) =>
  makeMeasurement({ levels: [makeLevel({ streams: 1, conversations: talk(parts), ...level })], knee: null });

describe("what conversations say of a prefix cache", () => {
  test("is that a cached token costs nothing, where later turns are read as fast as that", () => {
    assert.deepEqual(readWarm(chatsOf()), {
      cachedInputShare: 0.9,
      prefillTokensPerSecond: 10_000,
      keptShare: 1,
      savedShare: 1,
      streams: 1,
      source: "vLLM 0.32.0, 1 stream",
      date: "2026-11-24",
    });
  });

  test("is what it costs, where later turns are slower than that", () => {
    const warm = { ...talk().warm, tokensPerSecond: 4_000 };
    // A token of later turns takes 0.25 ms: a tenth of 1 ms for those read, the rest for nine tenths of cached ones.
    const saved = 1 - (0.25 - 0.1) / 0.9;
    assert.ok(Math.abs((readWarm(chatsOf({ warm }))?.savedShare ?? 0) - saved) < 1e-12);
  });

  test("never is that it saves less than nothing", () => {
    const warm = { ...talk().warm, tokensPerSecond: 900 };
    assert.equal(readWarm(chatsOf({ warm }))?.savedShare, 0);
  });

  test("is which part of what repeats was kept, by the server's counters, else by its answers", () => {
    assert.equal(readWarm(chatsOf({ serverHitShare: 0.6 }))?.keptShare, 0.6 / 0.75);
    assert.equal(readWarm(chatsOf({ serverHitShare: null, usageHitShare: 0.375 }))?.keptShare, 0.5);
    assert.equal(readWarm(chatsOf({ serverHitShare: 0 }))?.keptShare, 0);
    assert.equal(readWarm(chatsOf({ serverHitShare: 0.8 }))?.keptShare, 1);
  });

  test("is nothing where nobody counted, where nothing repeats, and without conversations", () => {
    assert.equal(readWarm(chatsOf({ serverHitShare: null })), null);
    assert.equal(readWarm(chatsOf({ expectedHitShare: 0.01 })), null);
    assert.equal(readWarm(chatsOf({ warm: { ...talk().warm, tokensPerSecond: null } })), null);
    assert.equal(readWarm(makeMeasurement()), null);
  });
});

describe("the capacity of conversations", () => {
  test("counts what was read, not what the cache held", () => {
    const sent = { inputTokensPerSecond: 400, inputTokensPerRequest: allAt(128) };
    const read = { inputTokensPerSecond: 100, inputTokensPerRequest: allAt(32) };
    const cached = toCapacity(chatsOf({}, sent));
    const unheld = toCapacity(makeMeasurement({ levels: [makeLevel(read)] }));
    assert.equal(cached.decodeTokensPerSecond, unheld.decodeTokensPerSecond);
    assert.equal(cached.warm?.keptShare, 1);
    assert.equal(unheld.warm, undefined);
  });

  test("says where it is not known what came from a cache", () => {
    assert.match(toCapacity(chatsOf({ serverHitShare: null })).note ?? "", /came from a cache is not known/);
  });

  test("goes into that of a ladder of the same machine, and is none of its own beside it", () => {
    const ladder = makeMeasurement();
    const capacities = toCapacities([ladder, chatsOf()]);
    assert.deepEqual(
      capacities.map(({ warm }) => warm?.savedShare),
      [1],
    );
    assert.equal(toCapacities([chatsOf()]).length, 1);
    const other = { ...ladder, model: "another/model" };
    assert.deepEqual(
      toCapacities([other, chatsOf()]).map(({ warm }) => warm?.savedShare),
      [undefined, 1],
    );
  });
});

test("a measurement of before there were conversations is read as one without them", () => {
  const { workload, levels, ...rest } = makeMeasurement();
  const { turns: _turns, sharedPromptTokens: _shared, thinkSeconds: _think, ...before } = workload;
  const old = levels.map(({ conversations: _, ...level }) => level);
  const read = measurementSchema.parse({ ...rest, workload: before, levels: old });
  assert.deepEqual(
    read.levels.map(({ conversations }) => conversations),
    [null],
  );
  assert.deepEqual(
    [read.workload.turns, read.workload.sharedPromptTokens, read.workload.thinkSeconds],
    [1, 0, 0],
  );
});
