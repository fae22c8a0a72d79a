import { describe } from "node:test";
import { serverRoot } from "./check.ts";
import { checks } from "./checks/index.ts";
import { runOnRehearsal, testChecks } from "./run-on-rehearsal.ts";

describe("the rehearsal's server, on the timed engine, behaves like vLLM", () => {
  const profile = { timeToFirstTokenMs: 4, timePerOutputTokenMs: 2 };
  const adapters = [{ name: "sql", path: "somebody/sql" }];
  runOnRehearsal({ engine: "timed", profile, flags: { promptTokensDetails: true, adapters } }, checks);
});

describe("the rehearsal's server without flags, on the timed engine, behaves like vLLM", () => {
  const chosen = checks.filter(({ lacks }) => lacks !== undefined);
  runOnRehearsal({ engine: "timed", flags: { toolCalls: false, prefixCaching: false } }, chosen);
});

const {
  REAL_VLLM_URL: url,
  REAL_VLLM_API_KEY: apiKey = "EMPTY",
  REAL_VLLM_MODEL: model = "smollm2",
} = process.env;
const skip = url === undefined ? "REAL_VLLM_URL names no server" : false;
describe("a real vLLM behaves like vLLM", { skip }, () => {
  const context = { url: serverRoot(url ?? ""), apiKey, model, fetch };
  testChecks(checks, () => context);
});
