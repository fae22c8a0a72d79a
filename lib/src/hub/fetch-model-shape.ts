import { z } from "zod";
import { InputError } from "../errors.ts";
import { type ModelShape, readModelShape, requireModelName } from "../serving/index.ts";
import { fetchModelInfo, fetchModelJson, type HuggingFaceAccess, openHuggingFace } from "./hugging-face.ts";

const filesSchema = z.object({
  siblings: z.array(z.object({ rfilename: z.string(), size: z.number().nullish() })).default([]),
  safetensors: z.object({ parameters: z.record(z.string(), z.number()) }).nullish(),
});

/** Bytes of a number as weight files name its type; any other is taken for two. */
const bytesOfType: Readonly<Record<string, number>> = {
  F64: 8,
  F32: 4,
  I64: 8,
  I32: 4,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I8: 1,
  U8: 1,
};

/**
 * Fetches the shape of any model on Hugging Face, for `planPod`: its `config.json`, and the sizes of its weight files.
 *
 * @throws InputError where the model has no weights that vLLM reads, WorkbookError where its files cannot be read.
 */
export async function fetchModelShape(
  id: string,
  options: Partial<HuggingFaceAccess> = {},
): Promise<ModelShape> {
  requireModelName(id, "fetchModelShape");
  const access = openHuggingFace(options);
  const info = await fetchModelInfo(access, id);
  const listing = filesSchema.safeParse(await fetchModelJson(access, `/api/models/${id}?blobs=true`));
  const config = await fetchModelJson(access, `/${id}/resolve/main/config.json`);
  const sizes = listing.success ? sumWeights(listing.data) : { weightsGb: 0, downloadGb: 0 };
  if (sizes.weightsGb === 0) {
    throw new InputError(`fetchModelShape: ${id} has no .safetensors files, from which to tell its memory.`, {
      remedy: "Choose a checkpoint that vLLM serves, or write its ModelShape by hand.",
    });
  }
  return readModelShape({ id, config, ...sizes, gated: info.found ? info.gated : "unknown" });
}

/**
 * Weights that stand in the repository's root, by file size, else by their numbers and types; a second copy in
 * Mistral's own form is downloaded but not loaded.
 */
function sumWeights({ siblings, safetensors }: z.output<typeof filesSchema>): {
  weightsGb: number;
  downloadGb: number;
} {
  const inRoot = siblings.filter((file) => /^[^/]+\.safetensors$/.test(file.rfilename));
  const own = inRoot.filter((file) => !file.rfilename.startsWith("consolidated"));
  const total = (chosen: typeof inRoot) => chosen.reduce((sum, file) => sum + (file.size ?? 0), 0) / 1e9;
  const weightsGb = total(own.length > 0 ? own : inRoot);
  if (weightsGb > 0) return { weightsGb, downloadGb: total(inRoot) };
  const bytes = Object.entries(safetensors?.parameters ?? {}).reduce(
    (sum, [type, count]) => sum + count * (bytesOfType[type] ?? 2),
    0,
  );
  return { weightsGb: bytes / 1e9, downloadGb: bytes / 1e9 };
}
