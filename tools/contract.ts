import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { newerFields, newerOperations, usedOperations } from "../test/helpers/newer-contract.ts";
import { compareContracts } from "./compare-contracts.ts";

// npm run contract: compares Runpod's contract of today with the copy that the project was made against, then runs the
// contract tests on today's. It needs the network, and no key. Its argument can be another address, or a file.
// RUNPOD_OPENAPI names the copy.

const root = resolve(import.meta.dirname, "..");
const address = process.argv[2] ?? "https://api.runpod.io/v2/openapi.json";
const copy = process.env["RUNPOD_OPENAPI"] ?? null;

const live = await fetchContract();
if (copy !== null) {
  const older: unknown = JSON.parse(readFileSync(copy, "utf8"));
  const restOperations = newerOperations.flatMap(({ operation }) =>
    operation === "graphql" ? [] : operation,
  );
  const operations = [...usedOperations, ...restOperations];
  const differences = compareContracts({ older, newer: live, operations });
  console.log(`${differences.length} differences in what the workbook uses, from the copy to ${address}:`);
  for (const difference of differences) console.log(`  ${difference}`);
  console.log(`Known to be newer than the copy: ${newerFields.join(", ")}; ${describeNewer()}.`);
} else {
  console.log("There is no older copy to compare with; today's contract is tested all the same.");
}

const folder = mkdtempSync(join(tmpdir(), "runpod-contract-"));
try {
  const file = join(folder, "openapi.json");
  writeFileSync(file, JSON.stringify(live));
  const tests = globSync("test/contract/*.test.ts", { cwd: root });
  const env = { ...process.env, RUNPOD_OPENAPI: file };
  const run = spawnSync(process.execPath, ["--conditions=workbook-source", "--test", ...tests], {
    cwd: root,
    env,
    stdio: "inherit",
  });
  process.exitCode = run.status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}

async function fetchContract(): Promise<unknown> {
  try {
    if (existsSync(address)) return JSON.parse(readFileSync(address, "utf8"));
    const response = await fetch(address, { signal: AbortSignal.timeout(30_000) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return await response.json();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(
      `Runpod's contract could not be read from ${address} (${reason}). Check the network, try again.`,
    );
    process.exit(1);
  }
}

function describeNewer(): string {
  const byReason = Map.groupBy(newerOperations, ({ reason }) => reason);
  return [...byReason]
    .map(([reason, same]) => `${same.map(({ operation }) => operation).join(", ")} (${reason})`)
    .join("; ");
}
