import type { ModelShape } from "../facts/index.ts";
import {
  asFields,
  type ConfigFields,
  findLanguagePart,
  listFields,
  readCount,
  toCount,
} from "./config-fields.ts";

/** How weights are stored: their format, and the side of the blocks, or the length of the groups, that share a scale. */
export interface Quantisation {
  precision: ModelShape["precision"];
  block: number | null;
}

/** Reads how a checkpoint was quantised. */
export function readQuantisation(config: ConfigFields): Quantisation {
  const fields = findQuantisation(config);
  if (fields === null) return readMistral(config);
  const method = String(fields["quant_method"] ?? "").toLowerCase();
  const bits = readCount(fields, ["bits", "w_bit"]);
  const block = readFirst(fields["weight_block_size"]);
  const group = readCount(fields, ["group_size", "q_group_size"], 100_000);
  if (method === "fp8" || method === "fbgemm_fp8") return { precision: "fp8", block };
  if (method === "mxfp4") return { precision: "mxfp4", block: null };
  if (/^(auto_)?awq/.test(method) && bits === 4) return { precision: "awq-int4", block: group };
  // AutoRound's own name means GPTQ's form where it says no other (vLLM's `quantization/inc`).
  if (/^((auto_)?gptq|auto-round$|inc$)/.test(method) && bits === 4)
    return { precision: "gptq-int4", block: group };
  if (/^compressed[-_]tensors$/.test(method)) return readCompressed(fields);
  const named = asFields(fields["quantization"]) ?? {};
  return readAlgorithm(String(fields["quant_algo"] ?? named["quant_algo"] ?? method));
}

/** What a config says of it, in the whole or in the part that writes; `null` where it says nothing. */
export function findQuantisation(config: ConfigFields): ConfigFields | null {
  const [said] = listFields(
    [config, findLanguagePart(config)].flatMap((fields) => [
      fields["quantization_config"],
      fields["compression_config"],
    ]),
  );
  return said ?? null;
}

/**
 * Whether a checkpoint brings scales for a cache of 8 bits, which vLLM then takes by itself.
 *
 * Source: vLLM 0.32.0, `utils/torch_utils.py`, `model_executor/layers/attention/attention.py`.
 */
export function asksForFp8Cache(config: ConfigFields): boolean {
  const fields = findQuantisation(config) ?? {};
  const inner = asFields(fields["quantization"]) ?? {};
  const names = ["kv_cache_scheme", "kv_cache_quant_algo"];
  const said = names.flatMap((name) => inner[name] ?? fields[name] ?? [])[0];
  const { num_bits: bits, type } = asFields(said) ?? {};
  return String(said).toLowerCase() === "fp8" || (bits === 8 && type === "float");
}

function readCompressed(fields: ConfigFields): Quantisation {
  const groups = Object.values(asFields(fields["config_groups"]) ?? {});
  const [weights] = listFields(listFields(groups).map((group) => group["weights"]));
  if (weights === undefined) return { precision: "unknown", block: null };
  const bits = readCount(weights, ["num_bits"]);
  const isFloat = weights["type"] === "float";
  const group = readCount(weights, ["group_size"], 100_000);
  const side = readFirst(weights["block_structure"]);
  if (isFloat && bits === 8)
    return { precision: "fp8", block: weights["strategy"] === "block" ? (side ?? 128) : null };
  if (isFloat && bits === 4) return { precision: group === 32 ? "mxfp4" : "nvfp4", block: null };
  return { precision: bits === 8 ? "int8" : "unknown", block: group };
}

/** The names of NVIDIA's ModelOpt. */
function readAlgorithm(name: string): Quantisation {
  const algorithm = name.toUpperCase();
  if (algorithm.includes("NVFP4") || algorithm === "MODELOPT_FP4") return { precision: "nvfp4", block: null };
  if (algorithm === "FP8_PB_WO") return { precision: "fp8", block: 128 };
  return { precision: algorithm.startsWith("FP8") ? "fp8" : "unknown", block: null };
}

/** `quantization` in Mistral's `params.json`; without it the weights are as they were trained. */
function readMistral(config: ConfigFields): Quantisation {
  const fields = asFields(config["quantization"]) ?? {};
  const isFp8 = String(fields["qformat_weight"] ?? "").startsWith("fp8");
  return { precision: isFp8 ? "fp8" : "bf16", block: null };
}

function readFirst(value: unknown): number | null {
  const first = Array.isArray(value) ? value[0] : value;
  return toCount(first, 100_000);
}
