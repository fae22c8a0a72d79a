import { describe } from "node:test";
import { checks } from "./checks/index.ts";
import { runOnRehearsal } from "./run-on-rehearsal.ts";

describe("the rehearsal's model engine behaves like vLLM's engine", () => {
  const chosen = checks.filter(({ dependsOnEngine }) => dependsOnEngine);
  runOnRehearsal({ engine: "llama", contextTokens: 512 }, chosen);
});
