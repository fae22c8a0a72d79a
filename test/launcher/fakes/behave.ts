import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/**
 * Notes a call of a stand-in in the file `FAKE_CALLS`, and then does what `FAKE_<TOOL>` says:
 * `refuse`: fails as the tool does when its registry cannot be reached; `fail`: fails in another way;
 * `hang`: never ends, with a child that never ends; `slow`: takes a moment, with a child; otherwise: succeeds.
 */
export async function behave(tool: string, given: readonly string[]): Promise<void> {
  const callsFile = process.env["FAKE_CALLS"] ?? "";
  const note = (text: string) => appendFileSync(callsFile, `${text}\n`);
  note(`${tool} ${given.join(" ")}`);
  const [name = ""] = tool.toUpperCase().split(" ");
  switch (process.env[`FAKE_${name}`]) {
    case "refuse":
      console.error(refusals[tool] ?? "connect ECONNREFUSED 127.0.0.1:1");
      process.exit(1);
      break;
    case "fail":
      console.error("the disk is full");
      process.exit(7);
      break;
    case "slow":
      await once(spawn(process.execPath, ["-e", "setTimeout(() => {}, 300)"], { stdio: "ignore" }), "exit");
      break;
    case "hang": {
      const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1_000)"], { stdio: "ignore" });
      note(`hanging ${process.pid} ${child.pid}`);
      await delay(600_000);
    }
  }
}

/** What the tools print in earnest; npm and pip are also tried themselves, see unreachable-registry.test.ts. */
const refusals: Readonly<Record<string, string>> = {
  uv:
    "error: Failed to fetch: http://127.0.0.1:9/simple/anyio/\n" +
    "  cause: error sending request for url (http://127.0.0.1:9/simple/anyio/)\n" +
    "  cause: client error (Connect)\n" +
    "  cause: tcp connect error\n" +
    "  cause: Connection refused (os error 111)",
};
