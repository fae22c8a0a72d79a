import { InputError } from "../errors.ts";
import { listCaches, type ModelShape } from "../facts/index.ts";
import type { Caller } from "./caller.ts";

/** The flag with which whole experts are dealt out over the GPUs, instead of a part of each. */
const expertParallel = "--enable-expert-parallel";

/** Why a model cannot be split: its heads do not divide, or its blocks of quantised weights would be cut. */
interface SplitProblem {
  kind: "heads" | "blocks";
  /** What would be cut, in a sentence that begins with the model. */
  text: string;
}

/** A model, over how many GPUs its layers are split, and the flags that it is served with. */
interface Split {
  model: ModelShape;
  gpuCount: number;
  extraArguments?: readonly string[];
}

/** Says over how many GPUs a model can be split. */
export function canSplit(model: ModelShape, gpuCount: number): boolean {
  return findSplitProblem({ model, gpuCount }) === null;
}

/** Whether heads can be shared out over GPUs: each has the same number, or several have the same KV head. */
export function sharesHeads(
  { attentionHeads, kvHeads }: Pick<ModelShape, "attentionHeads" | "kvHeads">,
  gpuCount: number,
): boolean {
  const divides = kvHeads >= gpuCount ? kvHeads % gpuCount === 0 : gpuCount % kvHeads === 0;
  return attentionHeads % gpuCount === 0 && divides;
}

/**
 * Finds what keeps a model from being split: the attention heads must divide evenly, and so must the KV heads where
 * there are as many as GPUs; and each GPU's part of weights that were quantised in blocks must be whole blocks.
 *
 * Sources: vLLM 0.33.0, `layers/quantization/utils/fp8_utils.py` (`validate_fp8_block_shape`), `auto_gptq.py`. That
 * version can cut the blocks of FP8 experts finer, for one of its kernels only and not on every card: no plan counts on it.
 */
function findSplitProblem({ model, gpuCount, extraArguments = [] }: Split): SplitProblem | null {
  const { attentionHeads, kvHeads, quantisationBlock: block = null } = model;
  const caches = listCaches(model);
  // Layers without attention are split by their width, which powers of two divide.
  const isShared =
    caches.length === 0
      ? Number.isInteger(Math.log2(gpuCount))
      : caches.every((cache) => sharesHeads({ attentionHeads, kvHeads: cache.kvHeads }, gpuCount));
  if (!isShared) {
    const heads = `${attentionHeads} attention and ${kvHeads} KV heads`;
    const text = `its ${caches.length === 0 ? "layers" : heads} cannot be shared out evenly`;
    return { kind: "heads", text };
  }
  if (block === null || gpuCount === 1) return null;
  const sharesExperts = [...model.vllmArguments, ...extraArguments].some(isExpertParallel);
  const cut = listWidths(model, sharesExperts).find(({ width }) => (width / gpuCount) % block !== 0);
  if (cut === undefined) return null;
  const part = Math.round((cut.width / gpuCount) * 100) / 100;
  const text = `its weights are quantised in blocks of ${block}, of which each GPU's part of ${cut.name}, ${part} wide, is no multiple: vLLM refuses that, or has one kernel left for it`;
  return { kind: "blocks", text };
}

/** The flag in any spelling that vLLM takes. */
function isExpertParallel(argument: string): boolean {
  const flag = argument.trim().replaceAll("_", "-");
  return flag === expertParallel || flag === "-ep" || flag === `${expertParallel}=true`;
}

/** What a split divides, where the weights are quantised in blocks. */
function listWidths(model: ModelShape, sharesExperts: boolean): { name: string; width: number }[] {
  const { expertSize, feedForwardSize, attentionHeads, headDimension, latentDimension, precision } = model;
  // vLLM makes the groups of such experts smaller by itself (`moe_wna16.py`).
  const hasWholeExperts = sharesExperts || precision === "awq-int4" || precision === "gptq-int4";
  const widths = [
    { name: "an expert", width: hasWholeExperts ? null : expertSize },
    { name: "a dense layer", width: feedForwardSize },
    {
      name: "the attention's output",
      width: latentDimension === null ? attentionHeads * headDimension : null,
    },
  ];
  return widths.flatMap(({ name, width }) => (width == null ? [] : [{ name, width }]));
}

/**
 * Checks that a model can be split over the GPUs asked for.
 *
 * @throws InputError (`cannot-split`) with the splits that work, those that hold the model first.
 */
export function requireSplit(split: Split & { caller: Caller; holds: (gpuCount: number) => boolean }): void {
  const { model, gpuCount, caller, holds } = split;
  const problem = findSplitProblem(split);
  if (problem === null) return;
  const possible = [1, 2, 3, 4, 5, 6, 7, 8].filter((count) => canSplit(model, count));
  const holding = possible.filter(holds);
  const counts = holding.length > 0 ? holding : possible;
  const flag = { ...split, extraArguments: [expertParallel] };
  const withFlag = problem.kind === "blocks" && findSplitProblem(flag) === null;
  throw new InputError(
    `${caller.name}: ${caller.gpuCount} is ${gpuCount}, over which ${model.id} cannot be split: ${problem.text}.`,
    {
      remedy:
        `Possible ${counts.length === 1 ? "is" : "are"} ${counts.join(", ")}` +
        (withFlag ? `; or keep ${gpuCount} with extraArguments: ["${expertParallel}"].` : "."),
      problem: "cannot-split",
      field: caller.gpuCount,
    },
  );
}
