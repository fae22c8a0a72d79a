import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { seededRandom } from "../../lib/src/seeded-random.ts";

const configSchema = z.object({
  num_hidden_layers: z.int(),
  hidden_size: z.int(),
  num_attention_heads: z.int(),
  num_key_value_heads: z.int(),
});

/** What the adapter is made for: the folder of its base, or numbers of another base. */
type BaseShape = z.output<typeof configSchema>;

/** Reads from a model's folder what an adapter must fit. */
export function readBaseShape(modelFolder: string): BaseShape {
  return configSchema.parse(JSON.parse(readFileSync(join(modelFolder, "config.json"), "utf8")));
}

/**
 * Writes a LoRA adapter of random numbers in PEFT's form, on the queries and values of every layer.
 *
 * Source of the form: huggingface/safetensors (eight bytes with the length of a JSON header, the header, the numbers).
 */
export function writeRandomAdapter(
  folder: string,
  options: { base: BaseShape; rank: number; fields?: object },
): void {
  const { base, rank, fields = {} } = options;
  const { hidden_size: width, num_key_value_heads: kvHeads, num_attention_heads: heads } = base;
  const random = seededRandom(7);
  const header: Record<string, unknown> = {};
  const parts: Float32Array[] = [];
  let offset = 0;
  const add = (name: string, shape: readonly [number, number]) => {
    const numbers = Float32Array.from({ length: shape[0] * shape[1] }, () => (random() - 0.5) / 5);
    header[name] = { dtype: "F32", shape, data_offsets: [offset, offset + numbers.byteLength] };
    offset += numbers.byteLength;
    parts.push(numbers);
  };
  const outputs = { q_proj: width, v_proj: (width * kvHeads) / heads };
  for (let layer = 0; layer < base.num_hidden_layers; layer++) {
    for (const [module, rows] of Object.entries(outputs)) {
      const path = `base_model.model.model.layers.${layer}.self_attn.${module}`;
      add(`${path}.lora_A.weight`, [rank, width]);
      add(`${path}.lora_B.weight`, [rows, rank]);
    }
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  mkdirSync(folder, { recursive: true });
  const bytes = parts.map((part) => Buffer.from(part.buffer));
  writeFileSync(join(folder, "adapter_model.safetensors"), Buffer.concat([length, text, ...bytes]));
  const config = {
    peft_type: "LORA",
    task_type: "CAUSAL_LM",
    base_model_name_or_path: "HuggingFaceTB/SmolLM2-135M-Instruct",
    r: rank,
    lora_alpha: 2 * rank,
    target_modules: Object.keys(outputs),
    bias: "none",
    ...fields,
  };
  writeFileSync(join(folder, "adapter_config.json"), JSON.stringify(config));
}
