import type { ModelType } from "../facts/index.ts";
import { asFields, type ConfigFields, readCount } from "./config-fields.ts";

/** Bytes of what a layer without a cache keeps of one conversation, on all GPUs together. */
interface StateSize {
  bytes: number;
  /** Whether the config does not say it, so that it was estimated. */
  isEstimated: boolean;
}

/**
 * Computes the state of one layer with linear attention, from whichever kind of it a config has.
 *
 * Source: vLLM 0.33.0, `model_executor/layers/mamba/mamba_utils.py`. Numbers are of 16 bits, and of 32 in the larger part
 * where the config says so (`mamba_ssm_dtype`), or the type has it so.
 */
export function computeStateSize(fields: ConfigFields, type: ModelType, hiddenSize: number): StateSize {
  const names = ["mamba_ssm_dtype", "mamba_ssm_cache_dtype", "ssm_dtype"];
  const wide = names.some((name) => fields[name] === "float32") || type.name.startsWith("nemotron_h");
  const said =
    gatedDelta(fields) ??
    kimiDelta(fields) ??
    mamba(fields, type, hiddenSize) ??
    convolution(fields, hiddenSize);
  // Of the size of those that say it: 150 to 200 numbers for each number of the hidden size.
  const { small, large } = said ?? { small: 0, large: 200 * hiddenSize };
  return { bytes: small * 2 + large * (wide || said === null ? 4 : 2), isEstimated: said === null };
}

/** A short memory of the last tokens, and the large one that stands for all before. */
type State = { small: number; large: number } | null;

function gatedDelta(fields: ConfigFields): State {
  const keys = readCount(fields, ["linear_num_key_heads"]);
  const values = readCount(fields, ["linear_num_value_heads"]);
  const keySize = readCount(fields, ["linear_key_head_dim"]);
  const valueSize = readCount(fields, ["linear_value_head_dim"]);
  if (keys === null || values === null || keySize === null || valueSize === null) return null;
  const kept = (readCount(fields, ["linear_conv_kernel_dim"]) ?? 4) - 1;
  return { small: (2 * keys * keySize + values * valueSize) * kept, large: values * valueSize * keySize };
}

function kimiDelta(fields: ConfigFields): State {
  const linear = asFields(fields["linear_attn_config"]) ?? {};
  const heads = readCount(linear, ["num_heads"]);
  const size = readCount(linear, ["head_dim"]);
  if (heads === null || size === null) return null;
  const kept = (readCount(linear, ["short_conv_kernel_size"]) ?? 4) - 1;
  // Its state is always of 32 bits.
  return { small: 3 * heads * size * kept, large: 2 * heads * size * size };
}

function mamba(fields: ConfigFields, type: ModelType, hiddenSize: number): State {
  const state = readCount(fields, ["ssm_state_size", "mamba_d_state", "state_size", "mamba_state_dim"]);
  if (state === null) return null;
  const kept =
    (readCount(fields, ["conv_kernel", "mamba_d_conv", "conv_kernel_size", "mamba_conv_kernel"]) ?? 4) - 1;
  const expand = readCount(fields, ["mamba_expand", "expand"]) ?? 2;
  const heads = readCount(fields, ["mamba_num_heads", "mamba_n_heads", "n_mamba_heads"]);
  const headSize = readCount(fields, ["mamba_head_dim", "mamba_d_head", "mamba_headdim"]);
  // Where there are no other layers, the usual name means this width: Falcon Mamba's `expand` does not.
  const isPure = type.name === "mamba" || type.name === "falcon_mamba";
  const inner =
    readCount(fields, ["mamba_d_ssm", "intermediate_size_mamba", ...(isPure ? ["intermediate_size"] : [])]) ??
    (heads !== null && headSize !== null ? heads * headSize : expand * hiddenSize);
  const groups = readCount(fields, ["mamba_n_groups", "n_groups", "mamba_ngroups"]) ?? 0;
  return { small: (inner + 2 * groups * state) * kept, large: inner * state };
}

function convolution(fields: ConfigFields, hiddenSize: number): State {
  const kept = readCount(fields, ["conv_L_cache"]);
  return kept === null ? null : { small: hiddenSize * kept, large: 0 };
}
