import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connectEndpoint } from "../../../lib/src/endpoint/index.ts";
import { createPod } from "../../../lib/src/runpod/index.ts";
import { podKind } from "../../../lib/src/runpod/pods/pod.ts";
import { findRecord } from "../../../lib/src/runpod/rental/rental-kind.ts";
import { tryFirstChat } from "../../../lib/src/runpod/rental/wait-for-rental.ts";
import { sendJson } from "../../helpers/local-server.ts";
import { startOpenAiLike } from "../../helpers/openai-like.ts";
import { startPodWorld } from "../pod-world.ts";
import { smallPlan } from "../sample-plans.ts";

describe("a server that is up", () => {
  const plan = smallPlan({
    adapters: [
      { name: "sql", repository: "somebody/sql", rank: 16 },
      { name: "mails", repository: "somebody/mails", rank: 8 },
    ],
  });

  for (const [listed, missing] of [
    [["sql", "mails"], null],
    [["sql"], "the adapter mails"],
    [[], "the adapters sql, mails"],
  ] as const) {
    test(`is ready once it lists each adapter of its plan; here ${listed.length} of 2`, async (t) => {
      const cards = [{ id: plan.model, parent: null }, ...listed.map((id) => ({ id, parent: plan.model }))];
      const server = await startOpenAiLike(t, {
        models: { data: cards },
        chat: (_request, response) => sendJson(response, { choices: [] }),
      });
      const world = await startPodWorld(t);
      const context = world.open();
      const pod = await createPod(plan, { context });
      const trying = tryFirstChat(context, podKind, {
        found: await context.client.getPod(pod.id),
        record: findRecord(context, podKind, pod.id),
        connect: () => connectEndpoint({ baseUrl: server.url, model: plan.model, origin: "pod" }),
        signal: AbortSignal.timeout(30_000),
      });
      if (missing === null) return assert.ok("endpoint" in (await trying));
      return assert.rejects(trying, {
        name: "PodNotReadyError",
        problem: "adapter-missing",
        message: new RegExp(`serves ${plan.model} without ${missing}\\. .* still costs \\$`),
      });
    });
  }
});
