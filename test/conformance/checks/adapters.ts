import assert from "node:assert/strict";
import { askChat, streamChat } from "../chat.ts";
import { askOnce, type Check, type ConformanceContext } from "../check.ts";
import { modelListSchema } from "../schemas.ts";
import { readJson, send } from "../send.ts";

/** Adapters that a server serves beside its model. */
export const adapterChecks: readonly Check[] = [
  {
    name: "/v1/models lists an adapter with its model as parent and where it came from as root",
    lacks: lacksAdapters,
    async run(context) {
      for (const adapter of await listAdapters(context)) {
        assert.equal(adapter.parent, context.model);
        assert.notEqual(adapter.root, "");
        assert.equal(adapter.max_model_len, null);
      }
    },
  },
  {
    name: "an adapter answers by its name, whole and streamed",
    lacks: lacksAdapters,
    async run(context) {
      for (const { id: model } of await listAdapters(context)) {
        const answer = await askChat(context, { model, max_tokens: 4, ignore_eos: true });
        assert.equal(answer.body.model, model);
        assert.equal(answer.usage.completion_tokens, 4);
        const { chunks } = await streamChat(context, { model, max_tokens: 2 });
        assert.ok(chunks.every((chunk) => chunk.model === model));
      }
    },
  },
];

const listAdapters = askOnce(async (context: ConformanceContext) => {
  const list = modelListSchema.parse(readJson(await send(context, { path: "/v1/models" }), 200));
  return list.data.filter(({ parent }) => parent !== null);
});

async function lacksAdapters(context: ConformanceContext): Promise<string | null> {
  return (await listAdapters(context)).length > 0 ? null : "it was started without --lora-modules";
}
