import { decideBench } from "./decide.ts";
import { firstTextInCellBench } from "./first-text-in-cell.ts";
import { firstTokenBench } from "./first-token.ts";
import { forecastBench } from "./forecast.ts";
import { kernelBench } from "./kernel.ts";
import { labStartBench } from "./lab-start.ts";
import { loadGeneratorBench } from "./load-generator.ts";
import { replayBench } from "./replay.ts";
import { reportOpenBench } from "./report-open.ts";
import { routerBench } from "./router.ts";
import { stepJitterBench } from "./step-jitter.ts";

// Speed is watched here, by people; no test asserts a time. On one core: `taskset -c 0 npm run bench`.
// Only some: `npm run bench -- report`; with a table of measurements: `npm run bench -- forecast points.csv`.

const fragment = process.argv[2] ?? "";

const benches = [
  { name: "timed engine, 512 streams at 30 ms", run: () => stepJitterBench({ streams: 512 }) },
  { name: "timed engine, 2,048 streams at 30 ms", run: () => stepJitterBench({ streams: 2_048 }) },
  { name: "load generator, 128 streams at 30 ms", run: () => loadGeneratorBench({ streams: 128 }) },
  { name: "load generator, 512 streams at 30 ms", run: () => loadGeneratorBench({ streams: 512 }) },
  { name: "load generator, 2,048 streams at 30 ms", run: () => loadGeneratorBench({ streams: 2_048 }) },
  { name: "from the start of node to the first streamed text, rehearsal not running", run: firstTokenBench },
  { name: "a trace replayed under every policy", run: replayBench },
  { name: "the forecast beside published measurements", run: forecastBench },
  { name: "decide between three models on every card", run: decideBench },
  { name: "from the server's first text to the kernel's, in a cell", run: firstTextInCellBench },
  { name: "the kernel of the notebooks, alone", run: kernelBench },
  { name: "the sample report opened in Chromium", run: reportOpenBench },
  { name: "from the start of JupyterLab to a first cell that has run", run: labStartBench },
  { name: "1, 2 and 4 timed engines behind the router, 16 streams each", run: routerBench },
];

for (const { name, run } of benches.filter((bench) => bench.name.includes(fragment))) {
  process.stdout.write(`${name}\n`);
  for (const [figure, value] of Object.entries(await run())) {
    const shown = typeof value === "number" ? value.toFixed(1) : value;
    process.stdout.write(`    ${figure.padEnd(40)} ${shown}\n`);
  }
}
