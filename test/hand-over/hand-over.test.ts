import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { parse } from "dotenv";
import { connectEndpoint, type Endpoint } from "../../lib/src/endpoint/index.ts";
import { InputError, WorkbookError } from "../../lib/src/errors.ts";
import { handOver } from "../../lib/src/hand-over/index.ts";
import { writePrivateFile } from "../../lib/src/hand-over/write-private-file.ts";
import { createPod, extendPod, waitUntilReady } from "../../lib/src/runpod/index.ts";
import { makeFolder } from "../helpers/environment.ts";
import { startPodWorld } from "../runpod/pod-world.ts";
import { smallPlan } from "../runpod/sample-plans.ts";

const run = promisify(execFile);
const kinds = ["env", "curl", "openai", "open-webui", "opencode"] as const;

async function openPod(t: TestContext) {
  const { open, rehearsal } = await startPodWorld(t);
  const context = open();
  const pod = await createPod(smallPlan(), { context });
  const endpoint = await waitUntilReady(pod, { context });
  t.after(() => endpoint.close());
  return { context, pod, endpoint, rehearsal };
}

/** Runs a command line as a person would, in a shell. */
const type = (line: string, folder: string) =>
  run("sh", ["-c", line], { cwd: folder, encoding: "utf8" }).then(({ stdout }) => stdout);

describe("handOver", () => {
  test("writes the key into a file of its owner and nowhere else, and says until when and for how much", async (t) => {
    const { context, pod, endpoint } = await openPod(t);
    for (const kind of kinds) {
      const handed = await handOver(endpoint, { for: kind, context });
      assert.equal(dirname(handed.path), join(context.stateFolder, "hand-over"));
      assert.equal(statSync(handed.path).mode & 0o777, 0o600, kind);
      assert.ok(readFileSync(handed.path, "utf8").includes(endpoint.apiKey), kind);
      assert.ok(!JSON.stringify(handed).includes(endpoint.apiKey), kind);
      assert.equal(handed.podEndsAt, pod.deadlineAt);
      const hours = (Date.parse(pod.deadlineAt) - context.now().getTime()) / 3_600_000;
      assert.ok(Math.abs((handed.usdUntilThen ?? 0) - hours * pod.usdPerHour) < 0.02, kind);
    }
    await extendPod(pod, { minutes: 30, context });
    const { podEndsAt } = await handOver(endpoint, { for: "env", context });
    assert.equal(podEndsAt, "2026-11-24T09:30:00.000Z");
  });

  test("writes files with which curl, the openai package and a shell get an answer", async (t) => {
    const { context, endpoint } = await openPod(t);
    symlinkSync(
      fileURLToPath(new URL("../../node_modules", import.meta.url)),
      join(context.projectRoot, "node_modules"),
    );
    const curl = await handOver(endpoint, { for: "curl", context });
    assert.ok(!curl.howToUse.includes(endpoint.apiKey));
    const answer = JSON.parse(await type(curl.howToUse, context.projectRoot)) as {
      choices: { message: { content: string } }[];
    };
    assert.ok((answer.choices[0]?.message.content ?? "") !== "");
    const script = await handOver(endpoint, { for: "openai", context });
    const line = script.howToUse.replace(/^node /, `${process.execPath} `);
    assert.notEqual((await type(line, context.projectRoot)).trim(), "");
    const { howToUse } = await handOver(endpoint, { for: "env", context });
    const printed = await type(`${howToUse}; echo "$OPENAI_BASE_URL $OPENAI_API_KEY $MODEL"`, "/");
    assert.equal(printed, `${endpoint.baseUrl} ${endpoint.apiKey} ${endpoint.model}\n`);
  });

  test("names the fields that Open WebUI and opencode read", async (t) => {
    const { context, endpoint } = await openPod(t);
    const { baseUrl, apiKey, model, maxModelTokens } = endpoint;
    const web = await handOver(endpoint, { for: "open-webui", context });
    assert.deepEqual(parse(readFileSync(web.path)), {
      OPENAI_API_BASE_URLS: baseUrl,
      OPENAI_API_KEYS: apiKey,
    });
    assert.match(web.howToUse, /--env-file \S+ /);
    const code = await handOver(endpoint, { for: "opencode", context });
    const config = JSON.parse(readFileSync(code.path, "utf8")) as Record<string, unknown>;
    assert.equal(config["model"], `workbook/${model}`);
    const { workbook } = Object(config["provider"]) as Record<string, Record<string, unknown>>;
    assert.equal(workbook?.["npm"], "@ai-sdk/openai-compatible");
    assert.deepEqual(workbook["options"], { baseURL: baseUrl, apiKey });
    assert.equal(Object(workbook["models"])[model].limit.context, maxModelTokens);
    assert.match(code.notes.join(" "), /--enable-auto-tool-choice and the --tool-call-parser/);
    const plan = { vllmArguments: ["--enable-auto-tool-choice", "--tool-call-parser", "hermes"] };
    const withTools = await handOver(endpoint, { for: "opencode", plan, context });
    assert.doesNotMatch(withTools.notes.join(" "), /tool/);
  });

  test("replaces what it has written, and nothing of anybody else", async (t) => {
    const { context, endpoint } = await openPod(t);
    for (const kind of kinds) {
      const { path } = await handOver(endpoint, { for: kind, context });
      const before = statSync(path).ino;
      await handOver(endpoint, { for: kind, context });
      assert.notEqual(statSync(path).ino, before, "a new file took its place");
      const theirs = kind === "opencode" ? '{"theme":"mine","provider":{"workbook":{}}}' : "MINE=1\n";
      writeFileSync(path, theirs);
      await assert.rejects(handOver(endpoint, { for: kind, context }), /was not written by handOver/);
      assert.equal(readFileSync(path, "utf8"), theirs);
    }
    const folder = makeFolder(t);
    await assert.rejects(handOver(endpoint, { for: "env", path: folder, context }), InputError);
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    await assert.rejects(handOver(endpoint, { for: "env", path: pipe, context }), InputError);
  });

  test("writes a server's own words so that no program takes them for an order", async (t) => {
    const { context, endpoint } = await openPod(t);
    const model = "org/{file:~/.ssh/id_ed25519}{env:HOME}'\"$(touch hacked)`touch hacked`\\";
    const hostile = { ...endpoint, apiKey: "sk-'\"$(touch hacked)", model };
    const code = await handOver(hostile, { for: "opencode", context });
    const text = readFileSync(code.path, "utf8");
    assert.doesNotMatch(text, /\{(file|env):/);
    assert.equal((JSON.parse(text) as { model: string }).model, `workbook/${model}`);
    const { howToUse } = await handOver(hostile, { for: "env", context });
    const printed = await type(`${howToUse}; printf %s "$OPENAI_API_KEY $MODEL"; ls`, context.projectRoot);
    assert.ok(printed.startsWith(`${hostile.apiKey} ${model}`), printed);
    assert.doesNotMatch(printed.slice(hostile.apiKey.length + model.length + 1), /hacked/);
  });

  test("writes no key into a git checkout that would take it up", async (t) => {
    const { context, endpoint } = await openPod(t);
    const folder = makeFolder(t);
    execFileSync("git", ["init", "--quiet"], { cwd: folder });
    writeFileSync(join(folder, ".gitignore"), "secret/\n");
    mkdirSync(join(folder, "secret"));
    const at = (path: string) => handOver(endpoint, { for: "env", path: join(folder, path), context });
    await assert.rejects(at("endpoint.env"), /is in a git checkout that does not ignore it/);
    await assert.rejects(at("new/folder/endpoint.env"), InputError);
    await at("secret/endpoint.env");
    await assert.rejects(handOver(endpoint, { for: "env", path: "~/x.env", context }), /replace the ~/);
  });

  test("says where a file cannot be written, or the disk keeps no rights", async (t) => {
    const { context, endpoint } = await openPod(t);
    const folder = makeFolder(t);
    writeFileSync(join(folder, "file"), "");
    const below = join(folder, "file", "endpoint.env");
    await assert.rejects(handOver(endpoint, { for: "env", path: below, context }), (error) => {
      assert.ok(error instanceof WorkbookError);
      assert.match(error.message, /cannot be written.*give handOver another path/);
      return true;
    });
    const path = join(folder, "endpoint.env");
    assert.throws(
      () => writePrivateFile(path, { text: "KEY=1\n", isOwn: () => true, readMode: () => 0o100777 }),
      /does not keep file permissions.*a path on another disk/,
    );
    assert.throws(() => statSync(path), /ENOENT/);
  });

  test("of a given endpoint knows no deadline and no price, and asks nobody for them", async (t) => {
    const { endpoint: pod, rehearsal } = await openPod(t);
    const endpoint: Endpoint = await connectEndpoint({ baseUrl: pod.baseUrl, apiKey: pod.apiKey });
    t.after(() => endpoint.close());
    const calls = rehearsal.calls().length;
    const handed = await handOver(endpoint, { for: "env", path: join(makeFolder(t), "x.env") });
    assert.deepEqual([handed.podEndsAt, handed.usdUntilThen], [null, null]);
    assert.equal(rehearsal.calls().length, calls);
  });

  test("takes only the programs that it knows, and no key that Open WebUI would split", async (t) => {
    const { context, endpoint } = await openPod(t);
    const other = { for: "browser", context } as unknown as Parameters<typeof handOver>[1];
    await assert.rejects(handOver(endpoint, other), /for is "browser".*takes env or curl/);
    const split = { ...endpoint, apiKey: "a;b" };
    await assert.rejects(handOver(split, { for: "open-webui", context }), /semicolon/);
  });
});
