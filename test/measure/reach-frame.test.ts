import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loadPublishedThroughput } from "../../lib/src/facts/index.ts";
import { reachFrame, sayFewestStreams } from "../../lib/src/measure/index.ts";
import { allAt, makeLevel, makeMeasurement } from "../helpers/measurement.ts";

const machine = { gpu: "NVIDIA A40", gpuCount: 4, model: "meta-llama/Llama-3.1-70B-Instruct" };
const asked = { precision: "16-bit", inputTokens: 512, outputTokens: 512 } as const;

const rowsOf = async (input: Parameters<typeof reachFrame>[0]) => (await reachFrame(input)).toRecords();

describe("from how many streams on a rate is reached", () => {
  test("is told by measurement, published run, forecast and ceiling, in this order", async () => {
    const levels = [1, 4, 8].map((streams) =>
      makeLevel({ streams, outputTokensPerSecond: 12 * streams, timeToFirstTokenMs: allAt(100 * streams) }),
    );
    const rows = await rowsOf({
      outputTokensPerSecond: 69.7,
      measurements: [makeMeasurement({ levels })],
      published: loadPublishedThroughput({ gpu: machine.gpu, gpuCount: 4 }).filter(
        ({ engine, precision }) => engine === "vllm" && precision === "16-bit",
      ),
      forecasts: [{ ...machine, ...asked, peerToPeer: "yes" }],
      ceiling: machine,
    });
    assert.deepEqual(
      rows.map(({ evidence }) => evidence),
      ["measured", "published run", "forecast", "ceiling"],
    );
    const [measured, published, forecast, ceiling] = rows;
    assert.deepEqual(
      [measured?.["streams"], measured?.["firstToken"], measured?.["alone"], measured?.["most"]],
      ["8", "0.8 s", "12", "96"],
    );
    assert.equal(published?.["streams"], "reached, streams not stated");
    assert.match(String(forecast?.["machine"]), /^4 × A40, 16-bit, peer-to-peer: yes$/);
    assert.match(String(forecast?.["streams"]), /^\d+ to \d+$/);
    assert.match(String(forecast?.["firstToken"]), /^[\d.]+ to [\d.]+ s$/);
    assert.equal(ceiling?.["streams"], "4 at least");
    assert.equal(ceiling["alone"], "at most 20");
    for (const { date, source, kind } of rows) assert.ok(date !== "" && source !== "" && kind !== "");
  });

  test("is never where no number of streams reaches it, and more than was measured where the ladder ends below", async () => {
    const forecasts = [{ ...machine, ...asked, peerToPeer: "no" } as const];
    const measurements = [makeMeasurement({ levels: [makeLevel({ streams: 4 })] })];
    const rows = await rowsOf({ outputTokensPerSecond: 50_000, measurements, forecasts, ceiling: machine });
    assert.deepEqual(
      rows.map(({ streams }) => streams),
      ["more than 4", "never", "never"],
    );
  });

  test("cannot be said where the forecast knows nothing of the model", async () => {
    const unknown = {
      ...machine,
      ...asked,
      model: "deepseek-ai/DeepSeek-V3.2",
      gpu: "NVIDIA B200",
      gpuCount: 8,
    };
    const forecasts = [{ ...unknown, precision: "fp8" } as const];
    const [row] = await rowsOf({ outputTokensPerSecond: 50, forecasts });
    assert.deepEqual([row?.["streams"], row?.["alone"]], ["cannot be said", "cannot be said"]);
  });

  test("is said with its band", () => {
    const say = (low: number | null, high: number | null) => sayFewestStreams({ low, typical: low, high });
    assert.deepEqual(
      [say(6, 6), say(5, 10), say(5, null), say(null, null)],
      ["6", "5 to 10", "from 5, or never", "never"],
    );
  });
});
