import { parseArgs } from "node:util";
import { type ConformanceContext, serverRoot } from "../test/conformance/check.ts";
import { checks } from "../test/conformance/checks/index.ts";

const usage = `Checks whether a server behaves like vLLM 0.33 on the wire. It should have nothing else to do meanwhile.

  npm run conformance -- --url http://127.0.0.1:8000 --api-key sk-… --model smollm2

  --url      base URL of the server, with or without /v1
  --api-key  the key that it asks for
  --model    the model id that it serves
`;

const context = readArguments(process.argv.slice(2));
process.exitCode = context === null ? 1 : await runChecks(context);

function readArguments(args: string[]): ConformanceContext | null {
  const option = { type: "string" } as const;
  try {
    const { values } = parseArgs({ args, options: { url: option, "api-key": option, model: option } });
    const { url, "api-key": apiKey, model } = values;
    if (url === undefined || !URL.canParse(url)) throw new Error("--url must be a URL.");
    if (apiKey === undefined) throw new Error("--api-key is missing.");
    if (model === undefined) throw new Error("--model is missing.");
    return { url: serverRoot(url), apiKey, model, fetch };
  } catch (error) {
    process.stderr.write(`${describe(error)}\n\n${usage}`);
    return null;
  }
}

/** Runs every check, tells how each went, and gives the exit code. */
async function runChecks(context: ConformanceContext): Promise<number> {
  const startedAtMs = performance.now();
  let passed = 0;
  let skipped = 0;
  for (const check of checks) {
    try {
      const lack = (await check.lacks?.(context)) ?? null;
      if (lack !== null) {
        skipped++;
        process.stdout.write(`skipped ${check.name}: ${lack}\n`);
        continue;
      }
      await check.run(context);
      passed++;
      process.stdout.write(`ok      ${check.name}\n`);
    } catch (error) {
      process.stdout.write(`FAILED  ${check.name}\n${describe(error).replace(/^/gm, "        ")}\n`);
    }
  }
  const seconds = Math.round((performance.now() - startedAtMs) / 1_000);
  const due = checks.length - skipped;
  const left = skipped === 0 ? "" : ` ${skipped} did not apply to this server.`;
  process.stdout.write(`\n${passed} of ${due} checks passed in ${seconds} s.${left}\n`);
  return passed === due ? 0 : 1;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${describe(error.cause)}`;
}
