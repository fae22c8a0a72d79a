import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RunSummary } from "../../bin/commands/report/run-summary.ts";
import { describeModel, describeSummary, readVersions } from "../../bin/commands/summary.ts";

const summary: RunSummary = {
  target: "rehearsal",
  model: "meta-llama/Llama-3.1-8B-Instruct",
  server: "rehearsal: SmolLM2-135M-Instruct standing in for meta-llama/Llama-3.1-8B-Instruct",
  isSimulated: false,
  standsInFor: "meta-llama/Llama-3.1-8B-Instruct",
  startedAt: "2026-11-23T19:52:03.000Z",
  answer: "\nHello,\n\nhow   are you?\n",
  timeToFirstTokenMs: 226.7,
  outputTokensPerSecond: 62.14,
  measurements: [],
  throughput: { outputTokensPerSecond: 70.25, streams: 2 },
  people: "At 2 streams 96 % of requests kept to 2 s.",
  answers: [
    { asked: "The walkthrough, 2024", sentence: "It paid.", rests: ["One run."], notebook: "04-cost" },
    { asked: "Your load", sentence: "Take the API.", rests: [], notebook: "05-decide" },
  ],
  picture: null,
  sources: [{ name: "A40", observed: "2026-08-19", source: "https://example.com/a40" }],
  notebooks: [],
  versions: { workbook: "", node: "", tslab: "", jupyterlab: "", nbconvert: "" },
};
const runFolder = "/reports/rehearsal/2026-11-23T19-52-03";

function describeIt(changes: Partial<RunSummary>): string {
  const pods = "Pod a1 has ended.\nNo pod of this workbook runs.";
  return describeSummary({ summary: { ...summary, ...changes }, runFolder, pods });
}

describe("the summary of a run", () => {
  test("gives each figure with what it is, and a link to the report", () => {
    assert.equal(
      describeIt({}),
      `Target                 rehearsal: nothing left this machine, nothing cost money
Model                  rehearsal: SmolLM2-135M-Instruct standing in for meta-llama/Llama-3.1-8B-Instruct
Answer                 Hello, how are you?
First token            after 227 ms (measured on this machine)
Speed                  62.1 tokens/s for one answer at a time (measured on this machine)
Throughput             70.3 tokens/s of output with 2 requests at a time (measured on this machine)
People at once         At 2 streams 96 % of requests kept to 2 s. (measured on this machine)
The walkthrough, 2024  It paid. (computed)
Your load              Take the API. (computed)
Pods                   Pod a1 has ended. No pod of this workbook runs.
Report                 file:///reports/rehearsal/2026-11-23T19-52-03/index.html`,
    );
  });

  test("shortens an answer that went on and on: it has streamed by before", () => {
    assert.ok(describeIt({ answer: "word ".repeat(20_000) }).length < 4_000);
  });

  test("never passes simulated figures off as measured", () => {
    const text = describeIt({ isSimulated: true });
    assert.match(text, /after 227 ms \(simulated\)/);
    assert.match(text, /62\.1 tokens\/s for one answer at a time \(simulated\)/);
    assert.doesNotMatch(text, /measured/);
  });

  test("says where a figure is not known", () => {
    const text = describeIt({ timeToFirstTokenMs: null, outputTokensPerSecond: null });
    assert.match(text, /^First token +no text came$/m);
    assert.match(text, /^Speed +not known: the server reports no token counts$/m);
  });

  test("leaves out what no notebook has found out", () => {
    assert.doesNotMatch(
      describeIt({ throughput: null, people: null, answers: [] }),
      /^Throughput|^People|^Your load/m,
    );
  });

  test("says from where another endpoint was measured", () => {
    const text = describeIt({ target: "given", model: "llama", server: "vLLM 0.32.0", standsInFor: null });
    assert.match(text, /^Target +given$/m);
    assert.match(text, /^Model +llama \(vLLM 0\.32\.0\)$/m);
    assert.match(text, /\(measured from here\)/);
  });
});

test("a model is named once, with what serves it", () => {
  assert.equal(
    describeModel({ model: "llama", server: "vLLM 0.32.0", standsInFor: null }),
    "llama (vLLM 0.32.0)",
  );
  assert.equal(describeModel(summary), summary.server);
});

test("the versions of a run are those that are installed", () => {
  const { node, ...versions } = readVersions();
  assert.equal(node, process.versions.node);
  for (const [name, version] of Object.entries(versions)) assert.match(version, /^\d+\.\d+/, name);
});
