import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError } from "../../lib/src/errors.ts";
import {
  type ComparedFigure,
  compareMeasurements,
  type Level,
  type Measurement,
} from "../../lib/src/measure/index.ts";
import { allAt, makeLevel, makeMeasurement } from "../helpers/measurement.ts";

/** A level whose repeats wrote so many tokens per second, with the median waits of `firstTokenMs`. */
function level(
  streams: number,
  rates: readonly number[],
  firstTokenMs: readonly number[] = rates.map(() => 200),
): Level {
  return makeLevel({
    streams,
    outputTokensPerSecond: rates[0] ?? null,
    timeToFirstTokenMs: allAt(firstTokenMs[0] ?? null),
    repeats: rates.map((outputTokensPerSecond, index) => ({
      inputTokensPerSecond: 100,
      outputTokensPerSecond,
      firstTokenP50Ms: firstTokenMs[index] ?? null,
      firstTokenP95Ms: firstTokenMs[index] ?? null,
      perTokenP50Ms: 40,
    })),
  });
}

function measurement(levels: Level[], parts: Partial<Measurement> = {}): Measurement {
  return makeMeasurement({ levels, ...parts });
}

const later = { startedAt: "2026-11-25T10:00:00.000Z" };

function outputAt(figures: readonly ComparedFigure[], streams: number): ComparedFigure {
  const found = figures.find((one) => one.streams === streams && one.figure === "outputTokensPerSecond");
  assert.ok(found !== undefined);
  return found;
}

function refusal(a: Measurement, b: Measurement): { field: string | null; message: string } {
  try {
    compareMeasurements(a, b);
  } catch (error) {
    assert.ok(error instanceof InputError);
    return { field: error.field, message: error.message };
  }
  return assert.fail("it was not refused");
}

describe("two measurements of the same workload", () => {
  const a = measurement([level(1, [20, 21, 20.5]), level(8, [100, 101, 99], [200, 202, 198])]);
  const b = measurement([level(1, [20.6, 20.2, 20.9]), level(8, [131, 132, 130], [224, 226, 222])], later);

  test("say what differs in one sentence", () => {
    assert.equal(
      compareMeasurements(a, b).words,
      "B writes 31 % more tokens at 8 streams; its first token comes 12 % later; the differences at 1 stream are within the spread.",
    );
    assert.equal(
      compareMeasurements(b, a).words,
      "B writes 24 % fewer tokens at 8 streams; its first token comes 11 % earlier; the differences at 1 stream are within the spread.",
    );
  });

  test("give each ratio with Welch's interval", () => {
    const { ratio, low, high, differs } = outputAt(compareMeasurements(a, b).figures, 8);
    // By hand: ln 1.31, s = 0.0100003 and 0.0076338, n = 3 and 3, 3.74 degrees of freedom, t = 2.868 (on the line over 1 ÷ degrees).
    assert.deepEqual(
      [ratio, low, high].map((value) => value?.toFixed(3)),
      ["1.310", "1.283", "1.338"],
    );
    assert.equal(differs, "more");
    assert.equal(outputAt(compareMeasurements(b, a).figures, 8).differs, "less");
    assert.equal(outputAt(compareMeasurements(a, b).figures, 1).differs, "within the spread");
  });

  test("have no interval without repeats on both sides, and say so", () => {
    const { figures, words } = compareMeasurements(
      measurement([level(8, [100])]),
      measurement([level(8, [131, 132])]),
    );
    const { ratio, low, high, differs } = outputAt(figures, 8);
    assert.equal(ratio?.toFixed(3), "1.315");
    assert.deepEqual([low, high, differs], [null, null, "unknown"]);
    assert.equal(
      words,
      "B writes 31 % more tokens at 8 streams. Without repeats on both sides it is not known whether that is more than chance.",
    );
  });

  test("of before repeats had times of their own are compared by the times of the level", () => {
    const older = measurement([level(8, [100, 101]), level(4, [50, 51])]);
    for (const one of older.levels) for (const repeat of one.repeats) repeat.firstTokenP50Ms = null;
    const { figures } = compareMeasurements(older, measurement([level(8, [100, 102], [300, 301])], later));
    const waits = figures.filter(({ figure }) => figure === "firstTokenP50Ms");
    assert.deepEqual(
      waits.map(({ a: ofA, low, differs }) => ({ ofA, low, differs })),
      [{ ofA: 200, low: null, differs: "unknown" }],
    );
  });

  test("are the same where every repeat is, and no number gets out of hand", () => {
    const same = compareMeasurements(
      measurement([level(1, [20, 20])]),
      measurement([level(1, [20, 20])], later),
    );
    assert.equal(same.words, "The differences at 1 stream are within the spread.");
    const single = compareMeasurements(measurement([level(1, [20])]), measurement([level(1, [20])], later));
    assert.equal(single.words, "The figures are the same in both measurements.");
    const none = level(1, [20]);
    const uncounted = { ...none, outputTokensPerSecond: null, repeats: [] };
    const { figures } = compareMeasurements(measurement([none]), measurement([uncounted], later));
    assert.deepEqual(
      { ...outputAt(figures, 1), figure: "" },
      { streams: 1, figure: "", a: 20, b: null, ratio: null, low: null, high: null, differs: "unknown" },
    );
  });

  test("note what else differs: it may be the change", () => {
    const evidence = (...args: string[]) => ({
      evidence: {
        image: null,
        arguments: ["smollm2", "--max-num-seqs", "8", ...args],
        modelRevision: null,
        driver: null,
        price: null,
        recordsSha256: null,
      },
    });
    const before = measurement([level(1, [20])], evidence("--enable-prefix-caching"));
    const after = measurement([level(1, [20])], {
      ...later,
      ...evidence("--no-enable-prefix-caching"),
      server: "vLLM 0.33.0",
      gpu: { name: "NVIDIA L40S", count: 1, usdPerHour: null },
    });
    assert.deepEqual(compareMeasurements(before, after).notes, [
      "Server: A has vLLM 0.32.0, B vLLM 0.33.0.",
      "GPU: A has 4 × NVIDIA A40, B 1 × NVIDIA L40S.",
      "Arguments of the server: only A has --enable-prefix-caching, only B --no-enable-prefix-caching.",
    ]);
  });

  test("leave out what is no evidence, and what only one has, with the reason", () => {
    const failed = {
      ...level(2, [30]),
      verdict: "failed" as const,
      reason: "No request was completed, 4 failed.",
    };
    const { leftOut, figures } = compareMeasurements(
      measurement([level(1, [20]), level(2, [30]), level(4, [50])]),
      measurement([level(1, [20]), failed], later),
    );
    assert.deepEqual(leftOut, [
      { streams: 2, reason: "failed in B: No request was completed, 4 failed." },
      { streams: 4, reason: "Only A has it." },
    ]);
    assert.deepEqual([...new Set(figures.map(({ streams }) => streams))], [1]);
  });
});

describe("two measurements that say nothing about each other", () => {
  const a = measurement([level(1, [20])]);
  const other = (parts: Partial<Measurement["workload"]>) =>
    measurement([level(1, [20])], { ...later, workload: { ...a.workload, ...parts } });

  test("are refused by the field of the load that differs, but not for seed, length or repeats", () => {
    const differing: [Partial<Measurement["workload"]>, string][] = [
      [{ mode: "natural" }, "workload.mode"],
      [{ promptTokens: 256 }, "workload.promptTokens"],
      [{ outputTokens: 64 }, "workload.outputTokens"],
      [{ arrivals: { requestsPerSecond: 2 } }, "workload.arrivals"],
      [{ request: { temperature: 0 } }, "workload.request"],
      [{ turns: 3 }, "workload.turns"],
      [{ sharedPromptTokens: 64 }, "workload.sharedPromptTokens"],
    ];
    for (const [parts, field] of differing) assert.equal(refusal(a, other(parts)).field, field);
    assert.equal(
      refusal(a, other({ promptTokens: 256 })).message,
      "compareMeasurements: workload.promptTokens is 128 in A and 256 in B. Measure again with the same promptTokens: another load gives other figures on the same server.",
    );
    const alike = other({ seed: 8, repeats: 3, requestsPerStream: 9, streams: [1, 2], rampMs: 5 });
    assert.doesNotThrow(() => compareMeasurements(a, alike));
  });

  test("are refused where one is simulated, no level is in both, none is valid, or both are the same", () => {
    assert.equal(refusal(a, { ...other({}), kind: "simulated" }).field, "kind");
    const disjoint = refusal(a, measurement([level(2, [30])], later));
    assert.equal(
      disjoint.message,
      "compareMeasurements: no level is in both (streams of A: 1; of B: 2). Measure both with at least one number of streams in common.",
    );
    const bound = measurement(
      [{ ...level(1, [20]), verdict: "client-bound", reason: "The client is the limit." }],
      later,
    );
    assert.match(refusal(a, bound).message, /no level can be compared\. 1: client-bound in B/);
    assert.equal(refusal(a, structuredClone(a)).field, "b");
  });
});
