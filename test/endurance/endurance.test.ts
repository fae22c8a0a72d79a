import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { EnduranceOrder, EnduranceResult, MemoryReport } from "./process.ts";

const minutes = Number(process.env["WORKBOOK_TEST_ENDURANCE_MINUTES"] ?? 0);
const streams = 256;
const looks = 20;

interface Said {
  memory?: MemoryReport;
  address?: Pick<EnduranceOrder, "baseUrl" | "apiKey">;
  result?: EnduranceResult;
}

// A record of a request has about twenty numbers; it is kept until the level ends, and nothing else is.
const mostBytesPerRequest = 2_000;

const isLong = { skip: minutes === 0 && "It takes an hour: npm run test:long" };

test(
  `a load of ${streams} streams over ${minutes} minutes takes no more memory at its end`,
  isLong,
  async (context) => {
    const server = startProcess(context);
    const address = await ask(server, "serve", "address");
    const client = startProcess(context);
    const order: EnduranceOrder = { ...address, streams, seconds: minutes * 60 };
    const ended = ask(client, order, "result");
    const seen: { minute: number; client: MemoryReport; server: MemoryReport }[] = [];
    for (let look = 1; look <= looks; look++) {
      await Promise.race([delay((minutes * 60_000) / (looks + 1)), ended]);
      const reports = {
        client: await ask(client, "memory", "memory"),
        server: await ask(server, "memory", "memory"),
      };
      seen.push({ minute: (minutes * look) / (looks + 1), ...reports });
    }
    const result = await ended;
    console.table(
      seen.map(({ minute, ...of }) => ({
        minute,
        "client MB": of.client.heldMb,
        "its RSS": of.client.residentMb,
        "server MB": of.server.heldMb,
        "its RSS ": of.server.residentMb,
      })),
    );
    console.log(result);
    assert.equal(result.failed, 0);
    assert.match(result.verdict, /^valid/);
    // The first quarter fills pools and compiles.
    const [early, late] = [seen[looks / 4], seen.at(-1)];
    assert.ok(early && late);
    const requestsBetween = result.requests * ((late.minute - early.minute) / minutes);
    assert.ok((late.client.heldMb - early.client.heldMb) * 1e6 < mostBytesPerRequest * requestsBetween + 5e6);
    assert.ok(late.server.heldMb - early.server.heldMb < 5);
  },
);

function startProcess(context: TestContext): ChildProcess {
  const child = fork(join(import.meta.dirname, "process.ts"), {
    execArgv: [...process.execArgv.filter((one) => one.startsWith("--conditions")), "--expose-gc"],
  });
  context.after(() => child.send("close"));
  return child;
}

function ask<Name extends keyof Said>(
  child: ChildProcess,
  message: string | EnduranceOrder,
  name: Name,
): Promise<NonNullable<Said[Name]>> {
  return new Promise((resolve, reject) => {
    const fail = (code: number | null) => reject(new Error(`A process ended early, with ${code}.`));
    const listen = (said: Said) => {
      const answer = said[name];
      if (answer === undefined || answer === null) return;
      child.off("message", listen).off("exit", fail);
      resolve(answer);
    };
    child.on("message", listen).on("exit", fail);
    child.send(message);
  });
}
