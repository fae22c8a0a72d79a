import { after, before, test } from "node:test";
import { type ModelServer, type ModelServerOptions, startModelServer } from "../../rehearsal/src/index.ts";
import { type Check, type ConformanceContext, serverRoot } from "./check.ts";

/** Makes tests of checks, on a server of the rehearsal that is started for them. */
export function runOnRehearsal(options: ModelServerOptions, chosen: readonly Check[]): void {
  let server: ModelServer;
  let context: ConformanceContext;
  before(async () => {
    server = await startModelServer({ ...options, model: "stand-in", apiKey: "sk-conformance" });
    context = { url: serverRoot(server.baseUrl), apiKey: server.apiKey, model: server.model, fetch };
  });
  after(() => server.close());
  testChecks(chosen, () => context);
}

/** Makes a test of each check; one that does not apply to the server is skipped. */
export function testChecks(chosen: readonly Check[], getContext: () => ConformanceContext): void {
  for (const check of chosen) {
    test(check.name, async (t) => {
      const lack = (await check.lacks?.(getContext())) ?? null;
      if (lack === null) await check.run(getContext());
      else t.skip(lack);
    });
  }
}
