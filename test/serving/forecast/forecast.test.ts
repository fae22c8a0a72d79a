import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError } from "../../../lib/src/errors.ts";
import { loadGpus } from "../../../lib/src/facts/index.ts";
import {
  type ForecastInput,
  type ForecastShape,
  fewestStreams,
  forecast,
  mostOutput,
} from "../../../lib/src/serving/index.ts";

const walkthrough = {
  model: "meta-llama/Llama-3.1-70B-Instruct",
  gpu: "NVIDIA A40",
  gpuCount: 4,
  precision: "16-bit",
  inputTokens: 512,
  outputTokens: 512,
} as const;
const small = {
  model: "meta-llama/Llama-3.1-8B-Instruct",
  gpu: "A40",
  gpuCount: 1,
  precision: "16-bit",
  inputTokens: 512,
  outputTokens: 256,
} as const;
const granite = {
  layers: 40,
  hiddenSize: 4_096,
  attentionHeads: 32,
  kvHeads: 8,
  headDimension: 128,
  intermediateSize: 12_800,
  vocabularySize: 49_155,
};

describe("the forecast of the walkthrough", () => {
  const goal = { outputTokensPerSecond: 69.7 };

  test("reaches the wanted rate from about six streams on four A40 with peer-to-peer", () => {
    const { low, typical, high } = fewestStreams({ ...walkthrough, peerToPeer: "yes" }, goal);
    assert.ok(typical !== null && typical >= 5 && typical <= 7, `${typical}`);
    assert.ok(low !== null && low >= 4 && high !== null && high <= 10, `${low} to ${high}`);
  });

  test("takes more streams without peer-to-peer, and many more with long prompts", () => {
    const streams = (peerToPeer: "yes" | "no", lengths = {}) =>
      fewestStreams({ ...walkthrough, ...lengths, peerToPeer }, goal).typical ?? Number.POSITIVE_INFINITY;
    const chat = { inputTokens: 1_155, outputTokens: 211 };
    assert.ok(streams("yes") <= streams("no") && streams("no") <= 9);
    assert.ok(streams("yes", chat) <= 9 && streams("no", chat) >= streams("yes", chat) + 2);
  });

  test("needs fewer streams on two cards with 4-bit weights", () => {
    const two = fewestStreams({ ...walkthrough, gpuCount: 2, precision: "4-bit", peerToPeer: "yes" }, goal);
    assert.ok(two.typical !== null && two.typical >= 3 && two.typical <= 4, `${two.typical}`);
  });

  test("writes the most with some streams, and less with more: no number of them writes more than is said", () => {
    const linked = { ...walkthrough, lengthSpread: 0.5, peerToPeer: "yes" } as const;
    const most = mostOutput(linked)?.high ?? 0;
    const highOf = (streams: number) => forecast({ ...linked, streams }).outputTokensPerSecond?.high ?? 0;
    const all = Array.from({ length: 32 }, (_, index) => highOf((index + 1) * 8));
    assert.ok(Math.max(...all) <= 1.01 * most && (all.at(-1) ?? 0) < 0.95 * most, `${most}: ${all}`);
    const { low } = fewestStreams(linked, { outputTokensPerSecond: most });
    assert.ok(low !== null && highOf(low) >= most && highOf(low - 1) < most, `${low}`);
  });

  test("has the union of both links where nobody knows, and says so", () => {
    const [yes, no, unknown] = (["yes", "no", "unknown"] as const).map((peerToPeer) =>
      forecast({ ...walkthrough, streams: 16, peerToPeer }),
    );
    assert.equal(unknown?.outputTokensPerSecond?.high, yes?.outputTokensPerSecond?.high);
    assert.equal(unknown?.outputTokensPerSecond?.low, no?.outputTokensPerSecond?.low);
    assert.deepEqual(unknown?.notCovered.filter(({ reason }) => reason === "link").length, 1);
    assert.deepEqual(forecast({ ...walkthrough, streams: 16 }), unknown);
  });
});

describe("a forecast", () => {
  test("names what it rests on, in plain data", () => {
    const result = forecast({ ...small, streams: 8 });
    assert.equal(result.kind, "computed");
    assert.equal(result.basis.group, "dense, one card");
    assert.ok(result.basis.comparisons > 100);
    assert.match(result.basis.text, /published figures/);
    assert.deepEqual(result.notCovered, []);
    assert.equal(result.keepsUp, true);
    assert.deepEqual(JSON.parse(JSON.stringify(result)), result);
  });

  test("works for every card of the table whose arithmetic is known, and for a shape given by hand", () => {
    for (const { id, bf16DenseTflops, memoryGb } of loadGpus().filter((gpu) => gpu.memoryGb >= 16)) {
      const { outputTokensPerSecond, notCovered } = forecast({
        ...small,
        model: granite,
        precision: "4-bit",
        gpu: id,
        streams: 4,
      });
      if (bf16DenseTflops === null) {
        assert.equal(outputTokensPerSecond, null);
        assert.equal(notCovered[0]?.reason, "arithmetic");
      } else assert.ok((outputTokensPerSecond?.low ?? 0) > 20, `${id}, ${memoryGb} GB`);
    }
  });

  test("says nothing of a model whose layers it does not know, and why", () => {
    const asked = { ...small, gpu: "NVIDIA H200", gpuCount: 8, precision: "fp8", streams: 8 } as const;
    for (const [model, reason] of [
      ["deepseek-ai/DeepSeek-V3.2", "latent-attention"],
      ["Qwen/Qwen3.5-27B", "linear-attention"],
      ["nvidia/Llama-4-Scout-17B-16E-Instruct-NVFP4", "fp4"],
      ["meta-llama/Llama-4-Maverick-17B-128E-Instruct", "shape"],
    ] as const) {
      const result = forecast({ ...asked, gpuCount: model.startsWith("Qwen") ? 4 : 8, model });
      assert.equal(result.outputTokensPerSecond, null);
      assert.equal(result.timeToFirstTokenMs, null);
      assert.deepEqual(
        result.notCovered.map((gap) => gap.reason),
        [reason],
      );
    }
  });

  test("keeps up with few arrivals, and says no wait where more come than it serves", () => {
    const calm = forecast({ ...small, requestsPerSecond: 0.2 });
    assert.equal(calm.keepsUp, true);
    assert.equal(calm.outputTokensPerSecond?.typical, 0.2 * 256);
    assert.ok((calm.p95.timeToFirstTokenMs?.typical ?? 0) >= (calm.timeToFirstTokenMs?.typical ?? 0));
    const flooded = forecast({ ...small, requestsPerSecond: 100 });
    assert.equal(flooded.keepsUp, false);
    assert.equal(flooded.timeToFirstTokenMs, null);
    assert.ok(flooded.notCovered.some(({ reason }) => reason === "overload"));
    assert.ok((flooded.outputTokensPerSecond?.high ?? 0) < 100 * 256);
  });

  test("is corrected by what was measured on that machine, and says by how much", () => {
    const asked = { ...small, streams: 32 };
    const plain = forecast(asked);
    const typical = forecast({ ...small, streams: 8 }).outputTokensPerSecond?.typical ?? 0;
    const point = { inputTokens: 512, outputTokens: 256, streams: 8, outputTokensPerSecond: 0.7 * typical };
    const corrected = forecast({ ...asked, measured: [point] });
    assert.equal(corrected.correction?.measurements, 1);
    assert.ok(Math.abs((corrected.correction?.factor ?? 0) - 0.7) < 1e-9);
    const ratio =
      (corrected.outputTokensPerSecond?.typical ?? 0) / (plain.outputTokensPerSecond?.typical ?? 1);
    assert.ok(Math.abs(ratio - 0.7) < 1e-9);
    assert.deepEqual(corrected.timeToFirstTokenMs, plain.timeToFirstTokenMs);
    assert.equal(plain.correction, null);
  });
});

describe("an engine that is not today's default", () => {
  test("before vLLM 0.8 is slower, the more streams there are", () => {
    const slower = (streams: number) => {
      const [today, older] = ["0.33.0", "0.7.2"].map(
        (version) => forecast({ ...small, streams, engine: { version } }).outputTokensPerSecond?.typical ?? 0,
      );
      return (today ?? 0) / (older ?? 1);
    };
    assert.ok(slower(1) > 1 && slower(64) > slower(1));
  });

  test("with fewer streams lets requests wait, and with a cache of 8 bits holds more of them", () => {
    const crowd = { ...small, streams: 64 };
    const few = forecast({ ...crowd, engine: { mostStreams: 16 } });
    assert.equal(few.isSaturated, true);
    assert.equal(few.timeToFirstTokenMs, null);
    assert.deepEqual(
      few.notCovered.map(({ reason }) => reason),
      ["saturated"],
    );
    const long = { ...crowd, inputTokens: 6_000, outputTokens: 500 };
    assert.equal(forecast(long).boundBy, "cache");
    const [half, whole] = (["fp8", "auto"] as const).map(
      (kvCacheDtype) => forecast({ ...long, kvCacheDtype }).outputTokensPerSecond?.typical ?? 0,
    );
    assert.ok((half ?? 0) > (whole ?? 0));
  });
});

describe("a measurement of a machine whose link nobody knows", () => {
  test("tells which link it is: the one whose forecast is nearer", () => {
    const asked = { ...walkthrough, streams: 32 };
    const slow = forecast({ ...asked, streams: 16, peerToPeer: "no" }).outputTokensPerSecond?.typical ?? 0;
    const point = { inputTokens: 512, outputTokens: 512, streams: 16, outputTokensPerSecond: slow };
    const { notCovered, outputTokensPerSecond, correction } = forecast({ ...asked, measured: [point] });
    assert.ok(Math.abs((correction?.factor ?? 0) - 1) < 1e-9);
    assert.ok(notCovered.every(({ reason }) => reason !== "link"));
    const typical = forecast({ ...asked, peerToPeer: "no" }).outputTokensPerSecond?.typical ?? 0;
    assert.ok(Math.abs((outputTokensPerSecond?.typical ?? 0) - typical) < 1e-9);
  });
});

describe("bad input of a forecast", () => {
  const cases: readonly [string, Partial<ForecastInput>, string, RegExp][] = [
    ["a card that nobody knows", { gpu: "A41" }, "gpu", /It knows: NVIDIA A40/],
    ["a model that nobody knows", { model: "acme/nothing" }, "model", /its shape/],
    ["no tokens to write", { outputTokens: 0 }, "outputTokens", /from 1/],
    ["a negative prompt", { inputTokens: -5 }, "inputTokens", /from 1/],
    ["half a stream", { streams: 1.5 }, "streams", /whole number/],
    ["streams and arrivals at once", { streams: 4, requestsPerSecond: 1 }, "streams", /Give one/],
    ["three cards", { gpuCount: 3 }, "gpuCount", /Give gpuCount 1 or 2 or 4/],
    ["a precision that nobody knows", { precision: "2-bit" as "4-bit" }, "precision", /16-bit or fp8/],
    [
      "more of the prompt in the cache than there is",
      { cachedInputShare: 1.1 },
      "cachedInputShare",
      /from 0 to 1/,
    ],
    ["no stream at most", { engine: { mostStreams: 0 } }, "engine.mostStreams", /at least 1/],
    ["a version that is none", { engine: { version: "new" } }, "engine.version", /0\.33\.0/],
    ["a shape without layers", { model: { ...granite, layers: 0 } }, "model.layers", /whole number/],
    [
      "a model too large for the card",
      { model: "meta-llama/Llama-3.1-70B-Instruct" },
      "gpuCount",
      /4 × A40 hold it/,
    ],
  ];
  for (const [name, change, field, remedy] of cases) {
    test(`${name} is refused by name, with a remedy`, () => {
      assert.throws(
        () => forecast({ ...small, streams: 4, ...change }),
        (error) => error instanceof InputError && error.field === field && remedy.test(error.remedy),
      );
    });
  }

  test("neither streams nor arrivals is refused too", () => {
    assert.throws(() => forecast(small), { name: "InputError", field: "streams" });
  });
});

describe("a shape or a measurement that makes no sense", () => {
  const ofShape = (shape: object) => () =>
    forecast({ ...small, model: { ...granite, ...shape }, streams: 4 });
  const experts = { experts: 8, expertsPerToken: 2, expertSize: 1_024 };
  const window = { windowTokens: 512, windowedLayers: 20 };
  for (const [field, shape] of [
    ["model.expertsPerToken", { ...experts, expertsPerToken: 9 }],
    ["model.windowedLayers", { ...window, windowedLayers: 41 }],
    ["model.windowedKvHeads", { ...window, windowedKvHeads: 0 }],
    ["model.windowedHeadDimension", { ...window, windowedHeadDimension: Number.NaN }],
    ["model.layers", { layers: 1e12 }],
  ] as const) {
    test(`is refused by its name: ${field}`, () => {
      assert.throws(ofShape(shape), (error) => error instanceof InputError && error.field === field);
    });
  }

  test("takes a mixture whose layers have nothing but experts, said by leaving the rest out", () => {
    const { intermediateSize: _, ...rest } = granite;
    const model = { ...rest, ...experts } as ForecastShape;
    const { outputTokensPerSecond } = forecast({ ...small, model, streams: 4 });
    assert.ok((outputTokensPerSecond?.typical ?? 0) > 0);
  });

  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -5, 1e300]) {
    test(`is refused where the measured rate is ${value}`, () => {
      const { gpu: _, model: __, gpuCount: ___, precision: ____, ...lengths } = small;
      const measured = [{ ...lengths, streams: 4, outputTokensPerSecond: value }];
      assert.throws(
        () => forecast({ ...small, streams: 4, measured }),
        (error) => error instanceof InputError && error.field === "measured[0].outputTokensPerSecond",
      );
    });
  }
});

test("a measurement without a prefix cache does not slow down a load with one", () => {
  const { gpu: _, model: __, gpuCount: ___, precision: ____, ...lengths } = small;
  const asForecast = forecast({ ...small, streams: 16 }).outputTokensPerSecond?.typical ?? 0;
  const measured = [{ ...lengths, streams: 16, outputTokensPerSecond: asForecast }];
  const shared = { ...small, streams: 16, cachedInputShare: 0.8 };
  const corrected = forecast({ ...shared, measured }).outputTokensPerSecond?.typical ?? 0;
  const plain = forecast(shared).outputTokensPerSecond?.typical ?? 0;
  assert.ok(Math.abs(corrected / plain - 1) < 1e-9, `${corrected} instead of ${plain}`);
});
