import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { inProject } from "../../bin/set-up/project.mjs";
import { joinCells } from "./join-cells.ts";
import { readNotebook } from "./read-notebook.ts";

const loads = {
  tiny: 'describeLoad({ requestsPerMonth: 20, inputTokens: 30, outputTokens: 10, hours: "always" })',
  example:
    'describeLoad({ requestsPerMonth: 2_000_000, inputTokens: 600, outputTokens: 250, hours: "office" })',
  huge: 'describeLoad({ requestsPerMonth: 400_000, inputTokens: 30_000, outputTokens: 3_000, hours: "office" })',
  // Its week is thinned for the replay.
  "larger than a trace":
    'describeLoad({ requestsPerMonth: 5_000_000, inputTokens: 500, outputTokens: 100, hours: "always" })',
  recorded: 'describeLoad({ trace: await loadTrace("azure-2023-conversation") })',
};

interface Case {
  model: string;
  load: keyof typeof loads;
  cards: readonly string[];
  /** Milliseconds from one token to the next. */
  pace?: number;
}

// Dense ones and mixtures of experts, from 7B to 235B, each on other cards.
const models: readonly (readonly [model: string, ...cards: string[]])[] = [
  ["Qwen/Qwen2.5-7B-Instruct", "L4", "RTX 4090"],
  ["meta-llama/Llama-3.1-8B-Instruct", "A40"],
  ["Qwen/Qwen3-14B", "RTX A5000", "L40S"],
  ["google/gemma-3-27b-it", "H100 PCIe"],
  ["Qwen/Qwen3-30B-A3B", "RTX PRO 6000"],
  ["meta-llama/Llama-3.3-70B-Instruct", "A40", "H100 SXM"],
  ["openai/gpt-oss-120b", "A100 SXM"],
  ["Qwen/Qwen3-235B-A22B-Instruct-2507", "H200 SXM", "B200"],
];

const cases: readonly Case[] = [
  ...models.flatMap(([model, ...cards]) =>
    (["tiny", "example", "huge"] as const).map((load): Case => ({ model, load, cards })),
  ),
  { model: "Qwen/Qwen3-8B", load: "recorded", cards: ["A40"] },
  { model: "Qwen/Qwen3-8B", load: "larger than a trace", cards: ["H100 SXM"] },
  // No machine holds it; its attention cannot be forecast; it has no price either; nothing is so fast.
  { model: "meta-llama/Llama-3.1-405B-Instruct", load: "example", cards: ["A40"] },
  { model: "Qwen/Qwen3.5-27B", load: "example", cards: [] },
  { model: "deepseek-ai/DeepSeek-V3.2", load: "example", cards: [] },
  { model: "Qwen/Qwen2.5-7B-Instruct", load: "tiny", cards: ["A40"], pace: 0.01 },
];

const notebook = readNotebook(inProject("notebooks/05-decide.ipynb"));
const [first, ...others] = notebook.cells.filter(({ type }) => type === "code");

function firstCell({ model, load, cards, pace = 180 }: Case): string {
  return `
    import { describeLoad, loadTrace } from "workbook";
    import { latencyTarget } from "workbook/cost";
    void loadTrace;
    const model = ${JSON.stringify(model)};
    const load = ${loads[load]};
    const target = latencyTarget({ firstWordsWithinSeconds: 2, pace: ${pace} });
    const cards: string[] = ${JSON.stringify(cards)};`;
}

const nameOf = ({ model, load, cards, pace }: Case) =>
  `${model}, ${load} load, on ${cards.join(" or ") || "any card"}${pace === undefined ? "" : ", with a target that nothing meets"}`;

const mark = "\n#### the next case ####\n";

describe("05-decide, with only its first cell edited, runs to its end", () => {
  let texts: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), "workbook-test-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  before(() => {
    symlinkSync(inProject("node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    const sources = [...cases.map(firstCell), first?.source ?? ""];
    const files = sources.map((source, index) => {
      const cells = [{ number: 1, source }, ...others];
      writeFileSync(join(folder, `case-${index}.ts`), joinCells(cells).code);
      return `await import("./case-${index}.ts");\nconsole.log(${JSON.stringify(mark)});`;
    });
    writeFileSync(join(folder, "all.ts"), files.join("\n"));
    // As `.env` sets it for the cell as it stands.
    const env = { ...process.env, WORKBOOK_TARGET: "rehearsal", MODEL: "Qwen/Qwen3-14B" };
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ["--conditions=workbook-source", join(folder, "all.ts")],
      { env, encoding: "utf8", maxBuffer: 1e8 },
    );
    assert.equal(status, 0, stderr);
    texts = stdout.split(mark);
  });

  for (const [index, one] of cases.entries()) {
    test(nameOf(one), () => {
      const text = texts[index] ?? "";
      assert.match(text, /At your [\d,]+ requests a month .+\./);
      assert.match(text, /You have|To settle it|No machine is known/);
      assert.ok(text.includes(one.model.slice(one.model.indexOf("/") + 1)));
      assert.doesNotMatch(text, /undefined|NaN|\[object/);
      if (!one.model.includes("Llama-3.3")) assert.doesNotMatch(text, /Llama-3\.3/);
    });
  }

  test("with the MODEL of .env, where the cell is as it stands", () => {
    assert.match(texts[cases.length] ?? "", /Qwen3-14B/);
    assert.doesNotMatch(texts[cases.length] ?? "", /Llama-3\.3/);
  });
});

test("the text of 05-decide names no sum of money that its first cell would change", () => {
  const prose = notebook.cells.filter(({ type }) => type === "markdown").map(({ source }) => source);
  assert.doesNotMatch(prose.join("\n"), /\$\d/);
});
