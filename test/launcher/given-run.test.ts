import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startModelServer } from "../../rehearsal/src/index.ts";
import { makeFolder } from "../helpers/environment.ts";
import { sendJson, startLocalServer } from "../helpers/local-server.ts";

const start = fileURLToPath(new URL("../../bin/commands/start.ts", import.meta.url));

describe("npm start with an endpoint of somebody else's", () => {
  test("runs every notebook on it, asks no account, and rents nothing", async (t) => {
    const server = await startModelServer({
      engine: "timed",
      model: "somebody/else",
      apiKey: "sk-canary-not-a-key",
      // It is at its limit with 2 requests at a time, so the ladder of the measurement ends early.
      profile: { timeToFirstTokenMs: 20, timePerOutputTokenMs: 4, maxSequences: 2 },
    });
    t.after(() => server.close());
    const folder = makeFolder(t);
    const environment = {
      ...process.env,
      WORKBOOK_IGNORE_ENV_FILE: "1",
      WORKBOOK_TARGET: "given",
      WORKBOOK_STATE: join(folder, "state"),
      OPENAI_BASE_URL: server.baseUrl,
      OPENAI_API_KEY: "sk-canary-not-a-key",
      // Whatever asked an account or Hugging Face would fail.
      RUNPOD_API_URL: "http://127.0.0.1:9/v2",
      HF_ENDPOINT: "http://127.0.0.1:9",
    };
    const { error, printed } = await run(["--reports", join(folder, "reports")], environment);
    assert.equal(error, null, printed);
    assert.match(printed, /^Target +given$/m);
    assert.match(printed, /^Model +rehearsal: .* standing in for somebody\/else/m);
    assert.match(printed, /^Pods +none: the endpoint is given$/m);
    const reports = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".html"),
    );
    assert.doesNotMatch(reports.map((name) => readFileSync(join(folder, name), "utf8")).join("\n"), /canary/);
    assert.ok(reports.length >= 7, reports.join("\n"));
  });

  test("says what the server refused, and shows no stack; it asks only for what every model takes", async (t) => {
    const { url, requests } = await startLocalServer(t, (request, response) =>
      request.path === "/v1/models"
        ? sendJson(response, { object: "list", data: [{ id: "somebody/else", object: "model" }] })
        : sendJson(response, { error: { message: "You exceeded your current quota." } }, 429),
    );
    const { error, printed } = await run(["--reports", join(makeFolder(t), "reports")], {
      ...process.env,
      WORKBOOK_IGNORE_ENV_FILE: "1",
      WORKBOOK_TARGET: "given",
      WORKBOOK_STATE: makeFolder(t),
      OPENAI_BASE_URL: `${url}/v1`,
      OPENAI_API_KEY: "sk-canary-not-a-key",
    });
    assert.notEqual(error, null);
    const asked = requests.filter(({ path }) => path.endsWith("/chat/completions")).map(({ body }) => body);
    assert.ok(asked.length > 0);
    // OpenAI's thinking models refuse a temperature, Mistral a seed.
    assert.doesNotMatch(asked.join("\n"), /"(?:temperature|seed)"/);
    assert.match(printed, /429 You exceeded your current quota\./);
    assert.doesNotMatch(printed, /^ +at |node_modules/m);
  });
});

function run(options: string[], env: NodeJS.ProcessEnv): Promise<{ error: Error | null; printed: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [start, ...options], { env }, (error, stdout, stderr) => {
      resolve({ error, printed: stdout + stderr });
    });
  });
}
