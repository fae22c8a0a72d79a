import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { z } from "zod";
import type { RunPodFaultInput } from "../../../rehearsal/src/faults/runpod-faults.ts";
import type { Rehearsal } from "../../../rehearsal/src/index.ts";
import { canaryKey, openRehearsedAccount } from "../../helpers/rehearsed-account.ts";

const lineSchema = z.object({ ts: z.iso.datetime(), source: z.string(), line: z.string() });

/** Reads a log stream until it has given so many lines, or ends. */
async function readLines(
  rehearsal: Rehearsal,
  options: {
    podId: string;
    query?: string;
    lastEventId?: string;
    count?: number;
    opened?: () => Promise<unknown>;
  },
): Promise<{ id: string; source: string; line: string }[]> {
  const { podId, query = "", lastEventId, count = Number.POSITIVE_INFINITY, opened } = options;
  const response = await fetch(`${rehearsal.runpodApiUrl}/pods/${podId}/logs${query}`, {
    headers: {
      authorization: `Bearer ${canaryKey}`,
      ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
    },
  });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  assert.ok(response.body !== null);
  const events = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  await opened?.();
  const lines: { id: string; source: string; line: string }[] = [];
  for await (const { id = "", data } of events) {
    const { source, line } = lineSchema.parse(JSON.parse(data));
    lines.push({ id, source, line });
    if (lines.length >= count) break;
  }
  return lines;
}

describe("the log of a rehearsed pod", { timeout: 300_000 }, () => {
  test("tells of the image first, then vLLM's own start", async (context) => {
    const { rehearsal, create } = await openRehearsedAccount(context);
    const podId = await create();
    rehearsal.advance(100_000);
    const lines = await readLines(rehearsal, { podId, count: 23 });
    assert.deepEqual(
      lines.map(({ source }) => source),
      [...Array(6).fill("system"), ...Array(17).fill("container")],
    );
    assert.equal(lines[0]?.line, "create container vllm/vllm-openai:v0.33.0");
    assert.equal(lines[0]?.id, "2026-11-24T12:00:09.666Z/000000000000");
    assert.equal(
      lines[11]?.line,
      "(Worker pid=203) INFO 11-24 12:01:00 [gpu_model_runner.py:4978] Starting to load model Qwen/Qwen2.5-7B-Instruct...",
    );
    assert.equal(lines[22]?.line, "INFO:     Application startup complete.");
  });

  test("goes on after the last event that its reader has seen", async (context) => {
    const { rehearsal, create } = await openRehearsedAccount(context);
    const podId = await create();
    rehearsal.advance(100_000);
    const all = await readLines(rehearsal, { podId, count: 23 });
    const seen = all.slice(0, 9);
    const rest = await readLines(rehearsal, { podId, lastEventId: seen.at(-1)?.id ?? "", count: 14 });
    assert.deepEqual([...seen, ...rest], all);
    const since = encodeURIComponent(all[9]?.id.split("/")[0] ?? "");
    assert.deepEqual(
      await readLines(rehearsal, { podId, query: `?since=${since}`, count: 14 }),
      all.slice(9),
    );
  });

  test("gives the tail that was asked for, of the source that was asked for", async (context) => {
    const { rehearsal, create } = await openRehearsedAccount(context);
    const podId = await create();
    rehearsal.advance(100_000);
    const system = await readLines(rehearsal, { podId, query: "?source=system&tail=2", count: 2 });
    assert.deepEqual(
      system.map(({ line }) => line),
      [
        "Status: Downloaded newer image for vllm/vllm-openai:v0.33.0",
        "start container for vllm/vllm-openai:v0.33.0: begin",
      ],
    );
  });

  test("brings new lines while it is being read, and ends with the pod", async (context) => {
    const { rehearsal, create, call } = await openRehearsedAccount(context);
    const podId = await create();
    rehearsal.advance(20_000);
    const opened = async () => {
      rehearsal.advance(80_000);
      await call("DELETE", `/pods/${podId}`);
    };
    const lines = await readLines(rehearsal, { podId, opened });
    assert.equal(lines.length, 23);
    assert.equal(lines.at(-1)?.line, "INFO:     Application startup complete.");
    const gone = await call("GET", `/pods/${podId}/logs`);
    assert.equal(gone.status, 404);
  });

  test("stays silent, or breaks off, where a fault says so", async (context) => {
    const faults: RunPodFaultInput[] = [{ kind: "silent-log", times: 1 }];
    const { rehearsal, create, call } = await openRehearsedAccount(context, { faults });
    const silent = await create();
    rehearsal.setFaults([{ kind: "cut-log", afterLines: 3 }]);
    const cut = await create();
    rehearsal.advance(100_000);
    assert.equal((await readLines(rehearsal, { podId: cut })).length, 3);
    const opened = () => call("DELETE", `/pods/${silent}`);
    assert.deepEqual(await readLines(rehearsal, { podId: silent, opened }), []);
  });
});

describe("the log of a pod that crashes again and again", { timeout: 300_000 }, () => {
  for (const [reason, words] of [
    ["gated-model", /Cannot access gated repo/],
    ["access-pending", /awaiting a review from the repo authors/],
    ["cuda-out-of-memory", /CUDA out of memory/],
    ["kv-cache-too-small", /larger than the available KV cache memory .* maximum model length is 73792/],
    ["unknown-argument", /error: unrecognized arguments:/],
    ["driver-too-old", /unsatisfied condition: cuda>=13\.0/],
    ["disk-full", /No space left on device/],
  ] as const) {
    test(`names its cause: ${reason}`, async (context) => {
      const faults = [{ kind: "crash-loop", reason }] as const;
      const { rehearsal, create, visit, call } = await openRehearsedAccount(context, { faults });
      const podId = await create();
      rehearsal.advance(300_000);
      const { status } = await visit(podId, "/health");
      assert.equal(status, reason === "driver-too-old" ? 404 : 502);
      const opened = () => call("DELETE", `/pods/${podId}`);
      const lines = await readLines(rehearsal, { podId, query: "?tail=1000", opened });
      const rounds = lines.filter(({ line }) => words.test(line)).length;
      assert.ok(rounds >= 4, lines.map(({ line }) => line).join("\n"));
    });
  }

  test("shows one start of the container after another, and nothing else, where nobody knows why", async (context) => {
    const faults = [{ kind: "crash-loop", reason: "unexplained" }] as const;
    const { rehearsal, create } = await openRehearsedAccount(context, { faults });
    const podId = await create();
    rehearsal.advance(300_000);
    const lines = await readLines(rehearsal, { podId, count: 10 });
    assert.deepEqual(
      lines.slice(5).map(({ source, line }) => `${source}: ${line}`),
      Array(5).fill("system: start container for vllm/vllm-openai:v0.33.0: begin"),
    );
  });
});
