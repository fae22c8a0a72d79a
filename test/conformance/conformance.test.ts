import { after, before, describe, test } from "node:test";
import { type ModelServer, type ModelServerOptions, startModelServer } from "../../rehearsal/src/index.ts";
import { type Check, type ConformanceContext, serverRoot } from "./check.ts";
import { checks } from "./checks/index.ts";

describe("the rehearsal's server, on the timed engine, behaves like vLLM", () => {
  const profile = { timeToFirstTokenMs: 4, timePerOutputTokenMs: 2 };
  runOnRehearsal({ engine: "timed", profile }, checks);
});

describe("the rehearsal's model engine behaves like vLLM's engine", () => {
  const chosen = checks.filter(({ dependsOnEngine }) => dependsOnEngine);
  runOnRehearsal({ engine: "llama", contextTokens: 384 }, chosen);
});

const {
  REAL_VLLM_URL: url,
  REAL_VLLM_API_KEY: apiKey = "EMPTY",
  REAL_VLLM_MODEL: model = "smollm2",
} = process.env;
const skip = url === undefined ? "REAL_VLLM_URL names no server" : false;
describe("a real vLLM behaves like vLLM", { skip }, () => {
  const context = { url: serverRoot(url ?? ""), apiKey, model, fetch };
  for (const check of checks) test(check.name, () => check.run(context));
});

function runOnRehearsal(options: ModelServerOptions, chosen: readonly Check[]): void {
  let server: ModelServer;
  let context: ConformanceContext;
  before(async () => {
    server = await startModelServer({ ...options, model: "stand-in", apiKey: "sk-conformance" });
    context = { url: serverRoot(server.baseUrl), apiKey: server.apiKey, model: server.model, fetch };
  });
  after(() => server.close());
  for (const check of chosen) test(check.name, () => check.run(context));
}
