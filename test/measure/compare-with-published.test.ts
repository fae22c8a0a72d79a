import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compareWithPublished, throughputLayout } from "../../lib/src/measure/index.ts";
import { tableBundle } from "../../lib/src/show/index.ts";
import { makeLevel, makeMeasurement } from "../helpers/measurement.ts";

const rehearsed = makeMeasurement({
  origin: "rehearsal",
  gpu: null,
  model: "meta-llama/Llama-3.1-8B-Instruct",
  server: "rehearsal: SmolLM2-135M-Instruct standing in for meta-llama/Llama-3.1-8B-Instruct",
  engine: "rehearsal: SmolLM2-135M-Instruct",
});

describe("a measurement beside published figures and the ceiling", () => {
  test("says of every row what it is, of which machine, from when, and whence", () => {
    for (const row of [...compareWithPublished(makeMeasurement()), ...compareWithPublished(rehearsed)]) {
      assert.ok(["measured", "published", "computed"].includes(row.kind));
      assert.match(row.date, /20\d\d/);
      assert.notEqual(row.source, "");
      assert.notEqual(row.machine, "");
    }
  });

  test("compares a pod with runs of the same cards and about the same size", () => {
    const rows = compareWithPublished(makeMeasurement({ levels: [makeLevel({ streams: 8 })] }));
    const [measured] = rows;
    assert.deepEqual(
      [measured?.kind, measured?.machine, measured?.streams, measured?.outputTokensPerSecond, measured?.date],
      ["measured", "4 × NVIDIA A40", 8, 100, "2026-11-24"],
    );
    const published = rows.filter(({ kind }) => kind === "published");
    assert.ok(published.every(({ machine, model }) => machine === "4 × NVIDIA A40" && model.includes("70B")));
    assert.ok(
      published.some(
        ({ outputTokensPerSecond, streams }) => outputTokensPerSecond === 660 && streams === null,
      ),
    );
    const computed = rows.filter(({ kind }) => kind === "computed");
    // 128 tokens in, and on average half of 128 out.
    assert.match(computed[0]?.workload ?? "", /^192 tokens of context/);
    assert.equal(computed[0]?.outputTokensPerSecond?.toFixed(1), "20.0");
    assert.match(computed[0]?.note ?? "", /Upper limit/);
  });

  test("compares a rehearsal with the open question's machine, and calls it this machine's", () => {
    const rows = compareWithPublished(rehearsed);
    assert.equal(rows[0]?.machine, "this machine, no GPU");
    assert.match(rows[0]?.source ?? "", /no GPU/);
    const others = rows.filter(({ machine }) => machine !== "this machine, no GPU");
    assert.ok(others.length > 5);
    assert.ok(others.every(({ machine }) => machine === "4 × NVIDIA A40"));
  });

  test("never calls measured what no model wrote", () => {
    const rows = compareWithPublished({ ...rehearsed, kind: "simulated" });
    assert.ok(rows.some(({ kind }) => kind === "simulated"));
    assert.ok(rows.every(({ kind }) => kind !== "measured"));
  });

  test("takes another machine where one is asked for, under its short name too", () => {
    const rows = compareWithPublished(rehearsed, {
      gpu: "A40",
      gpuCount: 1,
      model: "meta-llama/Llama-3.1-8B-Instruct",
    });
    const published = rows.filter(({ kind }) => kind === "published");
    assert.ok(published.some(({ outputTokensPerSecond }) => outputTokensPerSecond === 1_016.6));
    assert.ok(published.every(({ machine }) => machine === "1 × NVIDIA A40"));
    assert.equal(rows.find(({ kind }) => kind === "computed")?.outputTokensPerSecond?.toFixed(0), "46");
  });

  test("computes the ceiling for another context where one is asked for", () => {
    const rows = compareWithPublished(makeMeasurement(), { contextTokens: 2_048 });
    const at64 = rows.find(({ kind, streams }) => kind === "computed" && streams === 64);
    assert.equal(at64?.outputTokensPerSecond?.toFixed(1), "979.2");
  });

  test("has no ceiling for a card or a model that the tables do not have", () => {
    const strange = makeMeasurement({ gpu: { name: "NVIDIA X1", count: 1, usdPerHour: null } });
    assert.deepEqual(
      compareWithPublished(strange).map(({ kind }) => kind),
      ["measured"],
    );
    const own = compareWithPublished(makeMeasurement({ model: "me/my-own" }));
    assert.ok(own.every(({ kind }) => kind !== "computed"));
    assert.ok(own.some(({ kind }) => kind === "published"));
  });

  test("leaves failed levels out and says of a client-bound one that it is", () => {
    const rows = compareWithPublished(
      makeMeasurement({
        levels: [
          makeLevel({ streams: 1, verdict: "failed", reason: "HTTP 500" }),
          makeLevel({ streams: 64, verdict: "client-bound", reason: "this process was busy" }),
        ],
      }),
    ).filter(({ kind }) => kind === "measured");
    assert.deepEqual(
      rows.map(({ streams, note }) => [streams, note]),
      [[64, "client-bound: this process was busy"]],
    );
  });

  test("makes a table whose cells are short", () => {
    const rows = compareWithPublished(rehearsed);
    const { data } = tableBundle(rows, throughputLayout(rows));
    const text = String(data["text/plain"]);
    assert.match(text, /this machine, no GPU, Llama-3\.1-8B-Instruct, rehearsal: SmolLM2-135M-Instruct /);
    assert.match(text, /4 × NVIDIA A40, Llama 3 70B Instruct, 16-bit, vllm 0\.4\.1 /);
    const [table = "", ...origins] = text.split(/^(?=(?:measured|published|computed):? )/m).slice(-4);
    assert.doesNotMatch(table, /standing in|blob/);
    assert.match(origins.join(""), /^measured: this notebook, on this machine: no GPU \(2026-\d\d-\d\d\)$/m);
    assert.match(
      origins.join(""),
      /^published: https:\S+vector-inference\/blob\/c499209\S+ \(2024-04-24\); https/m,
    );
    assert.match(
      origins.join(""),
      /^computed from 696 GB\/s a card and 139\.0 GB of weights \(inputs of 20\d\d-\d\d-\d\d\)$/m,
    );
  });
});
