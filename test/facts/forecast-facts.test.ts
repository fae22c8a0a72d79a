import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loadForecastBands, loadGpus, loadKernels, loadLinks } from "../../lib/src/facts/index.ts";

const gpus = loadGpus();

describe("the facts that a forecast rests on", () => {
  test("are readable to the last row", () => {
    const problems: string[] = [];
    const onProblem = (problem: string) => void problems.push(problem);
    const rows = [
      loadKernels({ onProblem }),
      loadLinks({ onProblem }),
      loadForecastBands({ onProblem }),
    ].flat();
    assert.deepEqual(problems, []);
    assert.ok(rows.every(({ sources }) => sources.length > 0));
  });

  test("name a file of a repository with its version, so that others find the same figures", () => {
    const moving = [...loadKernels(), ...loadLinks(), ...loadForecastBands()]
      .flatMap(({ sources }) => sources)
      .filter((source) => /^https:\/\/github\.com\/[^/]+\/[^/]+\/(blob|tree)\/(main|master)\//.test(source));
    assert.deepEqual([...new Set(moving)], []);
  });

  test("have the kernels of a card of the table once, and of every generation one at least", () => {
    const names = loadKernels().map(({ gpu }) => gpu);
    assert.equal(new Set(names).size, names.length);
    const known = gpus.filter(({ name }) => names.includes(name));
    assert.equal(known.length, names.length);
    const generations = new Set(known.map(({ computeCapability }) => Math.floor(computeCapability)));
    for (const { id, computeCapability } of gpus)
      assert.ok(generations.has(Math.floor(computeCapability)), id);
  });

  test("have each link for 2, 4 and 8 cards, NVLink faster than PCIe, and no way slower than the memory of the host", () => {
    const links = loadLinks();
    for (const gpuCount of [2, 4, 8]) {
      const speeds = new Map(
        links.filter((row) => row.gpuCount === gpuCount).map((row) => [row.link, row.busGbPerSecond]),
      );
      assert.equal(speeds.size, 6);
      const fastest = [...speeds].toSorted(([, one], [, other]) => other - one).map(([link]) => link);
      assert.deepEqual(fastest, ["nvlink5", "nvlink4", "nvlink3", "pcie5", "pcie4", "no-peer-to-peer"]);
    }
    for (const { id, nvlink, link } of gpus) assert.equal(link.startsWith("nvlink"), nvlink, id);
  });
});
