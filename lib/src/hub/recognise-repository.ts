import { InputError } from "../errors.ts";
import { cleanName } from "../words/index.ts";
import { asFields, type ConfigFields } from "./config-fields.ts";

/** What lies in a repository, as far as it tells what it is. */
export interface Repository {
  id: string;
  /** Names of its files. */
  files: readonly string[];
  /** The parsed `config.json`; `null` where there is none. */
  config: ConfigFields | null;
  tags: readonly string[];
  /** What it does, as its page says: `text-generation`, `text-ranking`, …; empty where it says nothing. */
  task: string;
  /** What the repository says it was made from. */
  baseModel: string | null;
}

/** Repositories that are no model for chat that vLLM loads. */
type OtherRepository = keyof ReturnType<typeof describeKinds>;

/**
 * Checks that a repository is a language model in a form that vLLM loads.
 *
 * @throws InputError (`no-language-model`) that says what it is instead, and what to do with it.
 */
export function requireLanguageModel(repository: Repository): void {
  const kind = findOtherKind(repository);
  if (kind === null) return;
  const { what, remedy } = describeKinds(repository)[kind];
  throw new InputError(`fetchModelShape: ${repository.id} ${what}.`, {
    remedy,
    problem: "no-language-model",
    field: "model",
  });
}

/** Finds what a repository is, where it is no language model that vLLM loads; else `null`. */
function findOtherKind({ files, config, tags, task }: Repository): OtherRepository | null {
  const has = (pattern: RegExp) => files.some((file) => pattern.test(file));
  const hasWeights = has(/^(?!adapter_)[^/]*\.safetensors$/) || has(/^pytorch_model[^/]*\.bin$/);
  if (has(/^adapter_config\.json$/) && !hasWeights) return "adapter";
  if (has(/(^|\/)model_index\.json$/)) return "diffusion";
  if (isMlx(config, tags)) return "mlx";
  const method = String(asFields(config?.["quantization_config"])?.["quant_method"] ?? "");
  if (/^exl\d/i.test(method)) return "exllama";
  if (has(/^(modules|config_sentence_transformers)\.json$/)) return "embedding";
  const kind = kindsByTask.get(task) ?? findKindByClass(config, task);
  if (kind !== null) return kind;
  if (config?.["is_encoder_decoder"] === true) return "encoder-decoder";
  // CTranslate2 names its one file model.bin and brings a vocabulary; no pytorch_model.bin does.
  if (has(/^model\.bin$/) && has(/^(shared_)?vocabulary\.(json|txt)$/)) return "ctranslate";
  if (hasWeights) return null;
  if (has(/\.gguf$/i)) return "gguf";
  if (has(/\.onnx$/)) return "onnx";
  return has(/openvino_model\.(xml|bin)$/) ? "openvino" : null;
}

/** Tasks that say what a model is for, whatever its class. */
const kindsByTask: ReadonlyMap<string, OtherRepository> = new Map(
  Object.entries({
    "sentence-similarity": "embedding",
    "text-ranking": "classifier",
    "text-to-speech": "diffusion",
    "text-to-audio": "diffusion",
    "text-to-image": "diffusion",
    "image-to-image": "diffusion",
    "text-to-video": "diffusion",
    "image-to-video": "diffusion",
    "text-to-3d": "diffusion",
  }),
);

/** Tasks that models for chat have as well, by default or because they can do that too: their class decides first. */
const likelyKindsByTask: ReadonlyMap<string, OtherRepository> = new Map(
  Object.entries({
    "feature-extraction": "embedding",
    "fill-mask": "embedding",
    "text-classification": "classifier",
    "token-classification": "classifier",
    "zero-shot-classification": "classifier",
    "automatic-speech-recognition": "speech",
  }),
);

/** The ends of class names by which vLLM tells models that answer from models that do not (`vllm/config/model.py`), in its order. */
const classEnds: readonly (readonly [RegExp, OtherRepository | null])[] = [
  [/(ForCausalLM|ForConditionalGeneration|ChatModel|LMHeadModel|ChatGLMModel)$/, null],
  [/^(Wav2Vec2|Hubert|SeamlessM4T|Speech2Text)/, "speech"],
  [/(ForTextEncoding|EmbeddingModel|ForMaskedLM|ForRetrieval)$/, "embedding"],
  [/(Classification|ClassificationModel)$/, "classifier"],
  [/(ForRewardModeling|RewardModel)$/, "classifier"],
  // Some that answer are called so as well: only families of encoders are taken for embeddings.
  [
    /(Bert|BERT|Roberta|MPNet|Electra|Deberta|Qwen\d|Llama|Mistral|Gemma\d|GteNew|Gte|Bidirectional|CLIP|Siglip|T5Encoder)(Text)?Model$/,
    "embedding",
  ],
];

function findKindByClass(config: ConfigFields | null, task: string): OtherRepository | null {
  const architectures = config?.["architectures"];
  const [first] = Array.isArray(architectures) ? architectures : [];
  const name = String(first ?? "");
  if (name.startsWith("Whisper")) return "speech";
  const found = classEnds.find(([end]) => end.test(name));
  return found === undefined ? (likelyKindsByTask.get(task) ?? null) : found[1];
}

/** Apple's MLX keeps `quantization` with bits and group size, where others say `quantization_config`. */
function isMlx(config: ConfigFields | null, tags: readonly string[]): boolean {
  const own = asFields(config?.["quantization"]);
  return (
    tags.includes("mlx") || (own !== null && own["bits"] !== undefined && own["group_size"] !== undefined)
  );
}

function describeKinds({ id, baseModel }: Repository) {
  const base = baseModel === null ? null : cleanName(baseModel);
  const original = base === null ? "the checkpoint that it was made from (its page names it)" : base;
  const instead = `Serve ${original}, or a quantised checkpoint of it in safetensors (AWQ, GPTQ, FP8).`;
  const pooling =
    "It has no chat, which is what this workbook measures. vLLM serves such models with --runner pooling; for chat choose another.";
  const name = id.slice(id.indexOf("/") + 1);
  return {
    adapter: {
      what: `is a LoRA adapter${base === null ? "" : ` of ${base}`}, no model of its own`,
      remedy:
        `Plan ${base ?? "the model that it was trained on (adapter_config.json names it)"} with extraArguments: ` +
        `["--enable-lora", "--lora-modules", "${name}=${id}"], or merge the adapter into it first.`,
    },
    gguf: {
      what: "has its weights as GGUF only, llama.cpp's format, which vLLM does not load by itself",
      remedy: instead,
    },
    mlx: { what: "has its weights in MLX's format, for Apple's own chips", remedy: instead },
    exllama: { what: "has its weights in ExLlama's format, which vLLM does not load", remedy: instead },
    onnx: { what: "has its weights as ONNX only, which vLLM does not load", remedy: instead },
    openvino: {
      what: "has its weights in OpenVINO's format only, which vLLM does not load",
      remedy: instead,
    },
    ctranslate: {
      what: "has its weights in CTranslate2's format, which vLLM does not load",
      remedy: instead,
    },
    embedding: { what: "is an embedding model", remedy: pooling },
    classifier: { what: "is a model that scores or classifies text, such as a reranker", remedy: pooling },
    speech: {
      what: "is a speech model",
      remedy: "It transcribes sound and does not chat: choose a language model for this workbook.",
    },
    diffusion: {
      what: "makes pictures, sound or video, and is no language model",
      remedy: "Choose a language model: modelGuide() lists some.",
    },
    "encoder-decoder": {
      what: "is an encoder-decoder model, which vLLM serves no more",
      remedy: "Choose a model that only decodes: modelGuide() lists some.",
    },
  };
}
