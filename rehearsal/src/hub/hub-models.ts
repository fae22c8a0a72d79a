/** A model as the stand-in of the Hub knows it. */
export interface HubModel {
  id: string;
  /** `false`, or how access is granted. */
  gated: false | "auto" | "manual";
  /** `null` for a model of which the stand-in knows no more than its gate. */
  shape: { parameters: number; weightBytes: number; config: object } | null;
}

/**
 * Some models that the workbook names, with the shapes of their published `config.json`.
 *
 * Sources: the models' own configurations as copied by ai-dynamo/aiconfigurator @095f58a and sgl-project/ome @17b77ed.
 */
const models: readonly HubModel[] = [
  llama("meta-llama/Llama-3.1-8B-Instruct", "manual", 8_030_261_248, [32, 32, 8, 4096, 14_336], 131_072),
  llama("meta-llama/Llama-3.1-70B-Instruct", "manual", 70_553_706_496, [80, 64, 8, 8192, 28_672], 131_072),
  llama("meta-llama/Llama-3.3-70B-Instruct", "manual", 70_553_706_496, [80, 64, 8, 8192, 28_672], 131_072),
  llama("meta-llama/Llama-3.2-1B-Instruct", "manual", 1_235_814_400, [16, 32, 8, 2048, 8192], 131_072),
  llama("meta-llama/Llama-3.2-3B-Instruct", "manual", 3_212_749_824, [28, 24, 8, 3072, 8192], 131_072),
  llama("mistralai/Mistral-7B-Instruct-v0.3", "auto", 7_248_023_552, [32, 32, 8, 4096, 14_336], 32_768),
  llama("Qwen/Qwen2.5-7B-Instruct", false, 7_615_616_512, [28, 28, 4, 3584, 18_944], 32_768),
  llama("Qwen/Qwen3-8B", false, 8_190_735_360, [36, 32, 8, 4096, 12_288], 40_960),
  llama("HuggingFaceTB/SmolLM2-135M-Instruct", false, 134_515_008, [30, 9, 3, 576, 1536], 8192),
  quantised70b("hugging-quants/Meta-Llama-3.1-70B-Instruct-AWQ-INT4", 39_800_000_000),
];

const renamed: Readonly<Record<string, string>> = {
  "meta-llama/Meta-Llama-3.1-8B-Instruct": "meta-llama/Llama-3.1-8B-Instruct",
  "meta-llama/Meta-Llama-3.1-70B-Instruct": "meta-llama/Llama-3.1-70B-Instruct",
};

const gatedOwners: Readonly<Record<string, "auto" | "manual">> = {
  "meta-llama": "manual",
  google: "manual",
  mistralai: "auto",
};

/**
 * Finds a model by its id, or by the id that it once had; `null` where there is no such model.
 *
 * The stand-in cannot know every model, and access to any may be rehearsed: one that it does not know has no files, and is
 * gated where its owner gates all of them. No model belongs to `nobody` or has `no-such-model` in its name.
 */
export function findHubModel(id: string): HubModel | null {
  const currentId = renamed[id] ?? id;
  const known = models.find((model) => model.id === currentId);
  if (known !== undefined) return known;
  const [owner = "", name = ""] = id.split("/");
  if (owner === "nobody" || name.includes("no-such-model")) return null;
  return { id, gated: gatedOwners[owner] ?? false, shape: null };
}

function quantised70b(id: string, weightBytes: number): HubModel {
  return llama(id, false, 70_553_706_496, [80, 64, 8, 8192, 28_672], 131_072, weightBytes);
}

function llama(
  id: string,
  gated: HubModel["gated"],
  parameters: number,
  [layers, heads, keyValueHeads, hiddenSize, intermediateSize]: [number, number, number, number, number],
  contextTokens: number,
  weightBytes = 2 * parameters,
): HubModel {
  const config = {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: keyValueHeads,
    head_dim: hiddenSize / heads,
    hidden_size: hiddenSize,
    intermediate_size: intermediateSize,
    max_position_embeddings: contextTokens,
    torch_dtype: "bfloat16",
  };
  return { id, gated, shape: { parameters, weightBytes, config } };
}
