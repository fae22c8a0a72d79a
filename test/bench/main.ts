import { firstTokenBench } from "./first-token.ts";
import { loadGeneratorBench } from "./load-generator.ts";
import { replayBench } from "./replay.ts";
import { routerBench } from "./router.ts";
import { stepJitterBench } from "./step-jitter.ts";

// Speed is watched here, by people; no test asserts a time. On one core: `taskset -c 0 npm run bench`.

const benches = [
  { name: "timed engine, 512 streams at 30 ms", run: () => stepJitterBench({ streams: 512 }) },
  { name: "timed engine, 2,048 streams at 30 ms", run: () => stepJitterBench({ streams: 2_048 }) },
  { name: "load generator, 128 streams at 30 ms", run: () => loadGeneratorBench({ streams: 128 }) },
  { name: "load generator, 512 streams at 30 ms", run: () => loadGeneratorBench({ streams: 512 }) },
  { name: "load generator, 2,048 streams at 30 ms", run: () => loadGeneratorBench({ streams: 2_048 }) },
  { name: "from the start of node to the first streamed text, rehearsal not running", run: firstTokenBench },
  { name: "a trace replayed under every policy", run: replayBench },
  { name: "1, 2 and 4 timed engines behind the router, 16 streams each", run: routerBench },
];

for (const { name, run } of benches) {
  process.stdout.write(`${name}\n`);
  for (const [figure, value] of Object.entries(await run())) {
    process.stdout.write(`    ${figure.padEnd(40)} ${value.toFixed(1)}\n`);
  }
}
