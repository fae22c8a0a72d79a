import { describe, test } from "node:test";
import { serverRoot } from "./check.ts";
import { checks } from "./checks/index.ts";
import { runOnRehearsal } from "./run-on-rehearsal.ts";

describe("the rehearsal's server, on the timed engine, behaves like vLLM", () => {
  const profile = { timeToFirstTokenMs: 4, timePerOutputTokenMs: 2 };
  runOnRehearsal({ engine: "timed", profile }, checks);
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
