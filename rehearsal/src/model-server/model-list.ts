import type { ServedAdapter } from "./adapters.ts";
import { randomId } from "./chat-wire.ts";
import type { Engine } from "./engine.ts";

/** The body of `/v1/models`: the one model that the server serves, and its adapters. */
export function modelList(options: {
  model: string;
  root: string;
  engine: Engine;
  adapters: readonly ServedAdapter[];
}): object {
  const created = Math.floor(Date.now() / 1_000);
  const permission = {
    id: randomId("modelperm"),
    object: "model_permission",
    created,
    allow_create_engine: false,
    allow_sampling: true,
    allow_logprobs: true,
    allow_search_indices: false,
    allow_view: true,
    allow_fine_tuning: false,
    organization: "*",
    group: null,
    is_blocking: false,
  };
  const model = {
    id: options.model,
    object: "model",
    created,
    owned_by: "vllm",
    root: options.root,
    parent: null,
    max_model_len: options.engine.maxModelTokens,
    permission: [permission],
  };
  const adapters = options.adapters.map(({ name, path }) => ({
    ...model,
    id: name,
    root: path,
    parent: options.model,
    max_model_len: null,
  }));
  return { object: "list", data: [model, ...adapters] };
}
