import { InputError } from "../errors.ts";
import { loadGpus, type ModelShape } from "../facts/index.ts";
import type { Caller } from "./caller.ts";
import { type ChosenGpu, namesOf } from "./choose-gpus.ts";

/**
 * Leaves out the cards that vLLM has no kernels for, with this model; a card that only the live catalogue knows stays.
 *
 * Sparse attention runs on Hopper (9.0) and data-centre Blackwell (10.x); for other Blackwells (12.x) there is one
 * kernel of its own. Sources: vLLM 0.33.0, `v1/attention/backends/mla/*_sparse*.py`, vllm-project/vllm#31480, #31936.
 *
 * @throws InputError (`no-kernel`) where none of the cards is left.
 */
export function leaveOutWithoutKernels(options: {
  model: ModelShape;
  gpus: readonly ChosenGpu[];
  caller: Caller;
}): { gpus: readonly ChosenGpu[]; warnings: string[] } {
  const { model, gpus, caller } = options;
  if (!model.sparseAttention) return { gpus, warnings: [] };
  const capable = gpus.filter((gpu) => hasKernels(model, gpu));
  const leftOut = namesOf(gpus.filter((gpu) => !capable.includes(gpu)));
  const reason = `vLLM cannot compute the sparse attention of ${model.id} on them`;
  if (capable.length === 0) {
    const made = loadGpus().filter(({ computeCapability }) => isMadeForSparse(computeCapability));
    throw new InputError(`${caller.name}: ${caller.gpus} has ${leftOut}, and ${reason}.`, {
      remedy: `Take Hopper or data-centre Blackwell: ${made.map(({ id }) => id).join(", ")}.`,
      problem: "no-kernel",
      field: caller.gpus,
    });
  }
  const doubtful = capable.filter(({ facts }) => facts !== null && !isMadeForSparse(facts.computeCapability));
  return {
    gpus: capable,
    warnings: [
      ...(leftOut === "" ? [] : [`Left out, because ${reason}: ${leftOut}.`]),
      ...(doubtful.length === 0
        ? []
        : [
            `Sparse attention was made for Hopper and data-centre Blackwell. On ${namesOf(doubtful)} vLLM 0.33 has one kernel ` +
              "for it, and earlier versions do not start (vllm-project/vllm#31936).",
          ]),
    ],
  };
}

/** Says whether vLLM runs the model on a card, as far as is known. */
export function hasKernels(model: ModelShape, { facts }: Pick<ChosenGpu, "facts">): boolean {
  return !model.sparseAttention || facts === null || facts.computeCapability >= 9;
}

function isMadeForSparse(computeCapability: number): boolean {
  return computeCapability >= 9 && computeCapability < 12;
}
