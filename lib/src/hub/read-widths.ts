import type { ModelShape } from "../facts/index.ts";
import { type ConfigFields, readCount, readList } from "./config-fields.ts";

/** Reads the widths that a split divides, of an expert and of the dense layers and shared experts, and how many experts. */
export function readWidths(
  fields: ConfigFields,
): Pick<ModelShape, "experts" | "expertSize" | "feedForwardSize"> {
  const experts = readCount(fields, [
    "num_experts",
    "n_routed_experts",
    "num_local_experts",
    "moe_num_experts",
    "num_moe_experts",
  ]);
  const dense = readCount(fields, ["intermediate_size", "ffn_hidden_size", "n_inner", "hidden_dim"]);
  if (experts === null || experts === 1) return { experts: null, expertSize: null, feedForwardSize: dense };
  const expertNames = [
    "moe_intermediate_size",
    "expert_ffn_hidden_size",
    "expert_hidden_dim",
    "moe_ffn_hidden_size",
  ];
  const own = readCount(fields, expertNames);
  const shared = readCount(fields, [
    "shared_expert_intermediate_size",
    "moe_shared_expert_intermediate_size",
  ]);
  const sharedExperts = readCount(fields, ["n_shared_experts", "num_shared_experts"]);
  const ofShared = shared ?? (sharedExperts !== null && own !== null ? sharedExperts * own : null);
  const hasDense =
    own !== null &&
    (readCount(fields, ["first_k_dense_replace", "num_dense_layers"]) !== null ||
      readList(fields, ["mlp_only_layers"]) !== null ||
      (readCount(fields, ["decoder_sparse_step"]) ?? 1) > 1);
  const widths = [ofShared, hasDense ? dense : null].flatMap((width) => width ?? []);
  // A part of both is whole blocks where a part of their common divisor is.
  const feedForwardSize = widths.length === 0 ? null : widths.reduce(greatestCommonDivisor);
  return { experts, expertSize: own ?? dense, feedForwardSize };
}

/** Computes the greatest whole number that divides both. */
export function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other);
}
