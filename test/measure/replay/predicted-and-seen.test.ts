import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  findMachine,
  predictedAndSeen,
  predictedAndSeenFrame,
  replayTraceOn,
  toCapacities,
  toCapacity,
} from "../../../lib/src/measure/index.ts";
import { type PredictedFigure, sayAgreement } from "../../../lib/src/measure/replay/say-agreement.ts";
import { makeTrace } from "../../cost/replay/traces.ts";
import { makeLevel, makeMeasurement } from "../../helpers/measurement.ts";
import { openTimedServer } from "../../helpers/timed-server.ts";

const trace = makeTrace(Array.from({ length: 12 }, (_, index) => [index / 20, 40 + index, 6] as const));

const figure = (seen: number, predicted: number, sideBySide = seen): PredictedFigure => ({
  figure: "any",
  unit: "s",
  predicted,
  seen,
  ratio: seen / predicted,
  sideBySide,
  ratioSideBySide: seen / sideBySide,
});

describe("predicted and seen", () => {
  test("are of the same requests, on the capacity that was measured", async (context) => {
    const { endpoint } = await openTimedServer(context);
    const { model, origin, gpu } = endpoint;
    const levels = [1, 4].map((streams) => makeLevel({ streams, outputTokensPerSecond: 100 * streams }));
    const ladder = makeMeasurement({ model, origin, gpu, levels });
    const run = await replayTraceOn(endpoint, trace, { seed: 2, write() {} });
    const capacity = toCapacity(ladder);
    const compared = predictedAndSeen(run, { capacity, levels: toCapacities(ladder) }) ?? assert.fail();
    assert.deepEqual(findMachine([ladder], endpoint), { capacity, levels: toCapacities(ladder) });
    assert.equal(findMachine([ladder], { ...endpoint, model: "another" }), null);
    const [last] = levels.slice(-1);
    const pair = makeMeasurement({ model, origin, gpu, levels: last === undefined ? [] : [last] });
    assert.deepEqual(findMachine([pair, ladder], endpoint)?.levels, toCapacities(ladder));
    assert.deepEqual(findMachine([pair], endpoint)?.levels, toCapacities(pair));
    const rows = new Map(compared.rows.map((row) => [row.figure, row]));
    assert.deepEqual(
      ["served", "failed"].map((name) => [rows.get(name)?.predicted, rows.get(name)?.seen]),
      [
        [12, 12],
        [0, 0],
      ],
    );
    assert.equal(rows.get("failed")?.ratio, null);
    for (const { figure: name, predicted, seen, ratio } of compared.rows.slice(3)) {
      assert.ok((predicted ?? 0) > 0 && (seen ?? 0) > 0, name);
      assert.equal(ratio, (seen ?? 0) / (predicted ?? 1));
    }
    assert.equal((await predictedAndSeenFrame(compared)).height, compared.rows.length);
    assert.equal(rows.get("busy")?.ratio, compared.ratios.busy);
    assert.equal(predictedAndSeen({ ...run, records: [] }, { capacity }), null);
  });
});

describe("the sentence about predicted and seen", () => {
  test("says that both agree where they are close", () => {
    const close = figure(1.1, 1);
    const words = sayAgreement({ firstTokenP95: close, requestMedian: close, busy: figure(50, 52) }, 40);
    assert.match(
      words,
      /within 1\.1 s; 1 s were predicted \(seen: 1\.1 times that\): replayTrace is right about the waits/,
    );
    assert.match(words, /right about what is paid by the time of work, too/);
  });

  test("says what it means where a run takes longer", () => {
    const words = sayAgreement(
      { firstTokenP95: figure(3, 1), requestMedian: figure(4, 1, 3.9), busy: figure(80, 40) },
      40,
    );
    assert.match(words, /people wait longer than replayTrace says/);
    assert.match(
      words,
      /each of them more slowly than it could alone; “side by side” predicts 3\.9 s \(seen: the same\)/,
    );
    assert.match(words, /costs more at this load than replayTrace says/);
  });

  test("and where it takes less, or is not known", () => {
    const unknown = { ...figure(1, 1), seen: null, ratio: null, ratioSideBySide: null };
    const words = sayAgreement(
      { firstTokenP95: figure(1, 4), requestMedian: unknown, busy: figure(10, 40) },
      1,
    );
    assert.match(words, /people wait less than replayTrace says/);
    assert.match(words, /at most an unknown number of s/);
    assert.match(words, /All of this rests on 1 request only\.$/);
  });
});
