import { z } from "zod";
import { InputError } from "../errors.ts";
import { findModel, type ModelShape, requireModelName } from "../facts/index.ts";
import { asFields, type ConfigFields } from "./config-fields.ts";
import {
  fetchModelJson,
  fetchOptionalJson,
  type HuggingFaceAccess,
  openHuggingFace,
  readGated,
} from "./hugging-face.ts";
import { readModelShape } from "./read-model-shape.ts";
import { requireLanguageModel } from "./recognise-repository.ts";

const listingSchema = z.object({
  siblings: z.array(z.object({ rfilename: z.string(), size: z.number().nullish() })).catch([]),
  safetensors: z
    .object({ parameters: z.record(z.string(), z.number()) })
    .nullish()
    .catch(null),
  tags: z.array(z.string()).catch([]),
  pipeline_tag: z.string().catch(""),
  cardData: z
    .object({ base_model: z.union([z.string(), z.array(z.string())]).nullish() })
    .nullish()
    .catch(null),
});

type Listing = z.output<typeof listingSchema>;

/** Bytes of a number as weight files name its type; any other is taken for two. */
const bytesOfType: ReadonlyMap<string, number> = new Map(
  Object.entries({
    F64: 8,
    F32: 4,
    I64: 8,
    I32: 4,
    F8_E4M3: 1,
    F8_E5M2: 1,
    I8: 1,
    U8: 1,
  }),
);

/** What vLLM needs for a checkpoint in Mistral's own form. */
const mistralArguments = [
  "--tokenizer-mode",
  "mistral",
  "--config-format",
  "mistral",
  "--load-format",
  "mistral",
];

/**
 * Fetches the shape of any model on Hugging Face, for `planPod`: its `config.json`, and the sizes of its weight files.
 *
 * @throws InputError where it is no language model that vLLM loads, or is not known in a rehearsal; WorkbookError where its
 * files cannot be read.
 */
export async function fetchModelShape(
  id: string,
  options: Partial<HuggingFaceAccess> = {},
): Promise<ModelShape> {
  requireModelName(id, "fetchModelShape");
  const access = await openHuggingFace(options);
  const metadata = await fetchModelJson(access, `/api/models/${id}?blobs=true`);
  const repository = listingSchema.safeParse(metadata).data ?? listingSchema.parse({});
  const files = repository.siblings.map(({ rfilename }) => rfilename);
  if (access.isStandIn && files.length === 0) throw unknownHere(id);
  const read = (file: string) => fetchOptionalJson(access, `/${id}/resolve/main/${file}`);
  // An adapter's own file tells its base model; a repository without a config may be in Mistral's own form.
  const adapter = files.includes("adapter_config.json") ? asFields(await read("adapter_config.json")) : null;
  const config =
    files.includes("config.json") || !files.includes("params.json") ? await read("config.json") : null;
  const baseModel = readBase(repository, adapter);
  requireLanguageModel({
    id,
    files,
    config: asFields(config),
    tags: repository.tags,
    task: repository.pipeline_tag,
    baseModel,
    adapter,
  });
  const isMistral = config === null && files.includes("params.json");
  const params = isMistral ? asFields(await read("params.json")) : null;
  if (isMistral && params === null) throw unreadableParams(id);
  const { float32Gb, ...sizes } = sumWeights(repository);
  if (sizes.weightsGb === 0 || (asFields(config) ?? params) === null) {
    const lack =
      sizes.weightsGb === 0
        ? ".safetensors files with known sizes, from which to compute its memory"
        : "config.json that can be read";
    throw new InputError(`fetchModelShape: ${id} has no ${lack}.`, {
      remedy: "Choose a checkpoint that vLLM serves, or write its ModelShape by hand.",
      field: "model",
    });
  }
  // A checkpoint does not say which parser reads its tool calls.
  const { toolParser = null } = findModel(id) ?? findModel(baseModel ?? "") ?? {};
  const known = { id, ...sizes, gated: readGated(metadata), toolParser };
  if (params !== null) {
    return readModelShape({ ...known, config: fromMistral(params), vllmArguments: mistralArguments });
  }
  // NVIDIA's older checkpoints keep their quantisation in a file of its own.
  const hasOwnFile = files.includes("hf_quant_config.json");
  const quantisation = hasOwnFile ? { quantization_config: await read("hf_quant_config.json") } : {};
  const shape = readModelShape({ ...known, config: { ...quantisation, ...asFields(config) } });
  // vLLM loads numbers of 32 bits as 16, unless they are part of quantised weights (`vllm/config/model.py`).
  return shape.precision === "bf16" ? { ...shape, weightsGb: shape.weightsGb - float32Gb / 2 } : shape;
}

function readBase({ cardData }: Listing, adapter: ConfigFields | null): string | null {
  const said = [adapter?.["base_model_name_or_path"], cardData?.base_model].flat();
  // A path on the machine where it was trained is no name.
  return (
    said.find((base): base is string => typeof base === "string" && /^\w[\w.-]*\/[\w.-]+$/.test(base)) ?? null
  );
}

/** Mistral's own names that no other config has; without a length vLLM takes 128,000 tokens. */
function fromMistral(params: ConfigFields): ConfigFields {
  const experts = asFields(params["moe"]) ?? {};
  return { max_position_embeddings: params["max_seq_len"] ?? 128_000, ...experts, ...params };
}

/**
 * Weights that stand in the repository's root, by file size, else by their numbers and types; a second copy in
 * Mistral's own form or in PyTorch's is downloaded but not loaded, and an adapter is neither.
 */
function sumWeights({ siblings, safetensors }: Listing) {
  const files = (pattern: RegExp) => siblings.filter(({ rfilename }) => pattern.test(rfilename));
  // Nothing where the size of one of them is not known.
  const total = (chosen: Listing["siblings"]) =>
    chosen.every(({ size }) => (size ?? 0) > 0)
      ? chosen.reduce((sum, file) => sum + (file.size ?? 0), 0) / 1e9
      : 0;
  const inRoot = files(/^(?!adapter_)[^/]+\.safetensors$/);
  const own = inRoot.filter(({ rfilename }) => !rfilename.startsWith("consolidated"));
  const weightsGb = total(own.length > 0 ? own : inRoot);
  const { parameters = {} } = safetensors ?? {};
  const bytes = Object.entries(parameters).reduce(
    (sum, [type, count]) => sum + count * (bytesOfType.get(type) ?? 2),
    0,
  );
  const float32Gb = Math.min(((parameters["F32"] ?? 0) * 4) / 1e9, weightsGb || bytes / 1e9);
  if (weightsGb > 0) return { weightsGb, downloadGb: total(inRoot) || weightsGb, float32Gb };
  const gb = bytes > 0 ? bytes / 1e9 : total(files(/^pytorch_model[^/]*\.bin$/));
  return { weightsGb: gb, downloadGb: gb, float32Gb };
}

function unknownHere(id: string): InputError {
  const known = findModel(id);
  return new InputError(
    `fetchModelShape: the shape of ${id} is unknown here: a rehearsal does not ask Hugging Face, and its stand-in has a few models only.`,
    {
      remedy:
        known === null
          ? "Set WORKBOOK_TARGET=runpod to ask Hugging Face, or take a model of modelGuide()."
          : `The workbook's own table has it: give planPod its name, model: "${known.id}".`,
      problem: "unknown-here",
      field: "model",
    },
  );
}

function unreadableParams(id: string): InputError {
  return new InputError(
    `fetchModelShape: ${id} is in Mistral's own format (params.json, no config.json), and its params.json could not be read.`,
    {
      remedy:
        "Write its ModelShape by hand, with vllmArguments: " +
        `${JSON.stringify(mistralArguments)}; or take the same checkpoint in Hugging Face's format.`,
      field: "model",
    },
  );
}
