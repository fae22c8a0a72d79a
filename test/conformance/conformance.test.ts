import { after, before, describe, test } from "node:test";
import { startModelServer } from "../../rehearsal/src/index.ts";
import { type ConformanceContext, serverRoot } from "./check.ts";
import { checks } from "./checks/index.ts";

for (const engine of ["timed", "llama"] as const) {
  describe(`the rehearsal's server with the ${engine} engine behaves like vLLM`, () => {
    let server: Awaited<ReturnType<typeof startModelServer>>;
    before(async () => {
      server = await startModelServer({ engine, model: "stand-in", apiKey: "sk-conformance" });
    });
    after(() => server.close());
    testAll(() => ({ ...server, url: serverRoot(server.baseUrl), fetch }));
  });
}

const {
  REAL_VLLM_URL: url,
  REAL_VLLM_API_KEY: apiKey = "EMPTY",
  REAL_VLLM_MODEL: model = "smollm2",
} = process.env;
const skip = url === undefined ? "REAL_VLLM_URL names no server" : false;
describe("a real vLLM behaves like vLLM", { skip }, () => {
  testAll(() => ({ url: serverRoot(url ?? ""), apiKey, model, fetch }));
});

function testAll(connect: () => ConformanceContext): void {
  for (const check of checks) test(check.name, () => check.run(connect()));
}
