import { execFileSync } from "node:child_process";
import { questionAt } from "../jupyter/questions.ts";
import { type KernelEvent, startKernel } from "../jupyter/run-cells.ts";

const repeats = 3;

const sum = "1 + 1";
const imports = `import { describeEndpoint, openEndpoint, printChat, table } from "workbook";
import OpenAI from "openai";
import pl from "nodejs-polars";`;

/** Cells of many kinds that have next to nothing to do. */
const laterCells = [
  "const client = new OpenAI({ apiKey: 'EMPTY', baseURL: 'http://127.0.0.1:9/v1' });",
  "let temperature = 0.7;",
  "temperature = 0;",
  "temperature",
  "const ask = (content: string) => ({ messages: [{ role: 'user', content }], temperature });",
  "ask('Hello, how are you?')",
  "const frame = pl.DataFrame({ streams: [1, 2, 4], rate: [10.5, 19.8, 36.1] });",
  "frame.withColumns(pl.col('rate').div(pl.col('streams')).alias('each')).height",
  "type Answer = { question: string; seconds: number };",
  "const answers: Answer[] = [{ question: 'one', seconds: 1 }, { question: 'two', seconds: 2 }];",
  "const total = answers.reduce((all, { seconds }) => all + seconds, 0);\nconsole.log(total.toFixed(1));",
  "await Promise.all(answers.map(async ({ seconds }) => seconds));",
  "class Counter { #count = 0; add() { return ++this.#count; } }\nconst counter = new Counter();",
  "counter.add();\ncounter.add();",
  "for (const { question } of answers) process.stdout.write(question);",
  "try { JSON.parse('{'); } catch (error) { console.log(String(error).length); }",
  "import { join } from 'node:path';\njoin('one', 'two')",
  "const { length } = Object.groupBy(answers, ({ seconds }) => seconds > 1 ? 'slow' : 'quick').slow ?? [];",
  "table(answers, { caption: 'Answers', columns: ['question', { key: 'seconds', digits: 1 }] });",
  "type Create = Parameters<typeof client.chat.completions.create>[0];\nconst request: Create = { model: 'small', messages: [] };",
  "({ ...request, stream: true })",
  "const sent = { messages: [{ role: 'system' as const, content: 'Be brief.' }], model: 'small' } satisfies Create;",
  "function median(values: number[]) { return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0; }",
  "median([3, 1, 2])",
  "enum Size { small, large }\nSize.large",
  "frame.getColumn('rate').toArray()",
  "[1, 2, 3].values().map((value) => value ** 2).toArray()",
  "var old = 1; var old = 2;\nold",
  "const text = 'answers: '.concat(String(answers.length));\ntext",
  "using over = { [Symbol.dispose]() {} };",
] as const;

const questions = [
  questionAt("complete", "client.chat.completions.‸"),
  questionAt("complete", "pl.‸"),
  questionAt("complete", "printChat(client, { ‸ })"),
  questionAt("complete", "‸"),
  questionAt("inspect", "printChat(‸"),
  questionAt("inspect", "pl.readCSV‸"),
  questionAt("inspect", "client.chat.completions.crea‸te"),
  questionAt("inspect", "temperature‸"),
];

/** Takes the times of kernels from their start on, as Jupyter sees them, and what memory one has in the end. */
export async function kernelBench(): Promise<Record<string, number>> {
  const fresh = { ready: [] as number[], sum: [] as number[], imports: [] as number[] };
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const kind of ["sum", "imports"] as const) {
      const kernel = startKernel();
      const events = await kernel.run([{ code: kind === "sum" ? sum : imports }]);
      await kernel.close();
      fresh.ready.push(...events.flatMap((event) => (event.type === "kernel" ? [event.readyMs] : [])));
      fresh[kind].push(...cellTimes(events));
    }
  }

  const kernel = startKernel();
  const events = await kernel.run([imports, ...laterCells].map((code) => ({ code })));
  const failed = events.filter((event) => event.type === "end" && event.status !== "ok");
  if (failed.length > 0) throw new Error(`${failed.length} cells of this benchmark fail.`);
  const later = cellTimes(events).slice(1);
  const answers = await kernel.ask([...questions, ...questions]);
  const answerTimes = answers.map(({ atMs }, index) => atMs - (answers[index - 1]?.atMs ?? 0));
  const timesOf = (what: "complete" | "inspect") =>
    answerTimes.filter((_, index) => questions[index % questions.length]?.what === what);
  const [pid = 0] = events.flatMap((event) => (event.type === "kernel" ? [event.pid] : []));
  const memoryKb = Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" }));
  await kernel.close();

  return {
    "ready, median (ms)": median(fresh.ready),
    "ready, slowest (ms)": Math.max(...fresh.ready),
    "first cell, 1 + 1, slowest (ms, ≤ 2,000)": Math.max(...fresh.sum),
    "its imports instead, slowest (≤ 2,000)": Math.max(...fresh.imports),
    "30 later cells, median (ms, ≤ 100)": median(later),
    "30 later cells, slowest (ms)": Math.max(...later),
    "Tab, median (ms)": median(timesOf("complete")),
    "Tab, slowest (ms)": Math.max(...timesOf("complete")),
    "Shift+Tab, median (ms)": median(timesOf("inspect")),
    "Shift+Tab, slowest (ms)": Math.max(...timesOf("inspect")),
    "memory after all this (MB)": memoryKb / 1024,
  };
}

/** From when each cell is sent until the kernel is idle again. */
function cellTimes(events: readonly KernelEvent[]): number[] {
  const ends = events.flatMap((event) => (event.type === "end" ? [event] : []));
  return ends.map(({ idleAtMs }, index) => (idleAtMs ?? Number.NaN) - (ends[index - 1]?.atMs ?? 0));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
