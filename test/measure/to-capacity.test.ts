import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { outputTokensPerSecondAt } from "../../lib/src/cost/judge-capacity.ts";
import { toCapacities, toCapacity } from "../../lib/src/measure/index.ts";
import { allAt, makeLevel, makeMeasurement } from "../helpers/measurement.ts";

const ladder = makeMeasurement({
  levels: [
    makeLevel({
      streams: 1,
      inputTokensPerSecond: 15,
      outputTokensPerSecond: 15,
      timeToFirstTokenMs: allAt(160),
    }),
    makeLevel({ streams: 4, inputTokensPerSecond: 55, outputTokensPerSecond: 55 }),
    makeLevel({
      streams: 8,
      inputTokensPerSecond: 100,
      outputTokensPerSecond: 100,
      timeToFirstTokenMs: allAt(900),
    }),
    makeLevel({ streams: 16, inputTokensPerSecond: 104, outputTokensPerSecond: 104 }),
    makeLevel({
      streams: 32,
      verdict: "client-bound",
      inputTokensPerSecond: 300,
      outputTokensPerSecond: 300,
    }),
  ],
  knee: { streams: 8, reason: "twice the streams gave 4 % more" },
});

describe("the capacity of a measurement", () => {
  test("is that of the knee, with the reading estimated from a lone request", () => {
    const { note, ...capacity } = toCapacity(ladder);
    // 128 tokens in 160 ms are 800 a second; the knee's 100 a second then take an eighth of the time.
    assert.deepEqual(capacity, {
      prefillTokensPerSecond: 800,
      decodeTokensPerSecond: 100 / (1 - 1 / 8),
      atLatency: { timeToFirstTokenMs: 900, timePerOutputTokenMs: 40, percentile: 95 },
      streams: 8,
      isLimit: true,
      kind: "measured",
      source: "vLLM 0.32.0, 8 streams",
      date: "2026-11-24",
      model: "meta-llama/Llama-3.1-70B-Instruct",
      gpu: "NVIDIA A40",
      gpuCount: 4,
    });
    assert.match(note ?? "", /estimate/);
  });

  test("says so where it rests on few requests, as on a slow server", () => {
    const requests = { completed: 1, failed: 0, cancelled: 0, errors: {}, finishReasons: { length: 1 } };
    const few = makeMeasurement({ levels: [makeLevel({ requests, timeToFirstTokenMs: allAt(200, 1) })] });
    assert.match(toCapacity(few).note ?? "", /It rests on 1 request only\./);
    assert.doesNotMatch(toCapacity(ladder).note ?? "", /rests on/);
  });

  test("is that of the fastest valid level where no knee was reached, or of the level asked for", () => {
    assert.equal(toCapacity({ ...ladder, knee: null }).source, "vLLM 0.32.0, 16 streams");
    assert.equal(toCapacity(ladder, { streams: 1 }).source, "vLLM 0.32.0, 1 stream");
    assert.deepEqual(
      toCapacities(ladder).map(({ source }) => source.split(", ")[1]),
      ["1 stream", "4 streams", "8 streams", "16 streams"],
    );
  });

  test("is a limit from the knee on, and none where the ladder ended before one", () => {
    const limits = (measurement: typeof ladder) => toCapacities(measurement).map(({ isLimit }) => isLimit);
    assert.deepEqual(limits(ladder), [false, false, true, true]);
    assert.deepEqual(limits({ ...ladder, knee: null }), [false, false, false, false]);
  });

  test("tells reading and writing apart by a second measurement with another mix", () => {
    // A machine that reads 2,000 tokens a second and writes 200: 1 : 1 gives 2000 / 11 each.
    const rate = 1 / (1 / 2_000 + 1 / 200);
    const reading = 1 / (1 / 2_000 + 1 / 1_000 / 200);
    const balanced = makeMeasurement({
      levels: [makeLevel({ inputTokensPerSecond: rate, outputTokensPerSecond: rate })],
    });
    const readingFrom = makeMeasurement({
      levels: [makeLevel({ inputTokensPerSecond: reading, outputTokensPerSecond: reading / 1_000 })],
    });
    const capacity = toCapacity(balanced, { readingFrom });
    assert.equal(capacity.prefillTokensPerSecond.toFixed(6), "2000.000000");
    assert.equal(capacity.decodeTokensPerSecond.toFixed(6), "200.000000");
    assert.match(capacity.note ?? "", /two measurements/);
    // The same mix twice tells nothing new.
    assert.match(toCapacity(balanced, { readingFrom: balanced }).note ?? "", /estimate/);
  });

  test("takes the reading from among the measurements of the same machine, which gives no capacity by itself", () => {
    const level = makeLevel({
      streams: 2,
      inputTokensPerSecond: 1_000,
      outputTokensPerSecond: 1,
      outputTokensPerRequest: allAt(1),
    });
    const reading = makeMeasurement({ startedAt: "2026-11-24T09:00:00.000Z", levels: [level] });
    const paired = toCapacities([ladder, reading]);
    assert.equal(paired.length, 4);
    assert.ok(paired.every(({ note }) => note?.includes("two measurements")));
    const elsewhere = { ...reading, gpu: { name: "NVIDIA A40", count: 1, usdPerHour: null } };
    assert.ok(toCapacities([ladder, elsewhere]).every(({ note }) => note?.includes("estimate")));
    assert.deepEqual(toCapacities(reading), []);
    assert.throws(
      () => toCapacity(reading),
      /no valid level with token counts and answers of more than one token/,
    );
  });

  test("gives the measured rate at the measured mix, whatever was measured", () => {
    const rate = fc.double({ min: 0.1, max: 1e5, noNaN: true });
    const measured = fc.record({ input: rate, output: rate, firstTokenMs: rate, promptTokens: rate });
    fc.assert(
      fc.property(measured, measured, (one, other) => {
        const measure = ({ input, output, firstTokenMs, promptTokens }: typeof one) =>
          makeMeasurement({
            levels: [
              makeLevel({
                inputTokensPerSecond: input,
                outputTokensPerSecond: output,
                timeToFirstTokenMs: allAt(firstTokenMs),
                inputTokensPerRequest: allAt(promptTokens),
              }),
            ],
          });
        for (const options of [{}, { readingFrom: measure(other) }]) {
          const capacity = toCapacity(measure(one), options);
          assert.ok(capacity.prefillTokensPerSecond > 0 && capacity.decodeTokensPerSecond > 0);
          const inputTokensPerOutputToken = one.input / one.output;
          const given = outputTokensPerSecondAt(capacity, inputTokensPerOutputToken);
          assert.ok(Math.abs(given / one.output - 1) < 1e-6, `${given} for ${one.output}`);
        }
      }),
    );
  });

  test("of a rehearsal is simulated and belongs to no GPU and no model", () => {
    const capacity = toCapacity({ ...ladder, origin: "rehearsal", gpu: null });
    assert.equal(capacity.kind, "simulated");
    assert.equal(capacity.gpu, null);
    assert.equal(capacity.model, null);
    assert.match(capacity.note ?? "", /nothing about a GPU/);
    assert.equal(toCapacity({ ...ladder, kind: "simulated" }).kind, "simulated");
  });

  test("has the range of its repeats, on the scale of its rates", () => {
    const times = { firstTokenP50Ms: null, firstTokenP95Ms: null, perTokenP50Ms: null };
    const repeats = [90, 110].map((rate) => ({
      inputTokensPerSecond: rate,
      outputTokensPerSecond: rate,
      ...times,
    }));
    const level = makeLevel({ repeats, timeToFirstTokenMs: allAt(160) });
    const { decodeRange, decodeTokensPerSecond } = toCapacity(makeMeasurement({ levels: [level] }));
    assert.deepEqual(
      decodeRange?.map((rate) => (rate / decodeTokensPerSecond).toFixed(6)),
      ["0.900000", "1.100000"],
    );
  });

  test("cannot be made of failed levels, or without token counts, and says what there is", () => {
    const failed = makeMeasurement({ levels: [makeLevel({ verdict: "failed", reason: "HTTP 500" })] });
    assert.throws(() => toCapacity(failed), /no valid level with token counts.*Measure again/);
    const uncounted = makeMeasurement({ levels: [makeLevel({ outputTokensPerSecond: null })] });
    assert.throws(() => toCapacity(uncounted), /no valid level/);
    assert.throws(() => toCapacity(ladder, { streams: 3 }), /no valid level of 3 streams.*1, 4, 8, 16/);
    assert.deepEqual(toCapacities(failed), []);
  });
});
