import { InputError } from "../errors.ts";
import { cleanName } from "../words/index.ts";
import { asFields, type ConfigFields, readCount, toCount } from "./config-fields.ts";
import { findQuantisation } from "./read-quantisation.ts";
import { withdrawnClasses } from "./withdrawn-classes.ts";

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
  /** The parsed `adapter_config.json`; `null` where there is none. */
  adapter?: ConfigFields | null;
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
  const method = findMethod(config);
  if (method !== "" && !loadedMethods.includes(method)) return "quantised";
  if (withdrawnClasses.has(readClass(config))) return "withdrawn";
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

/** Ways of quantising that vLLM loads. Source: vLLM 0.32.0, `model_executor/layers/quantization/__init__.py`; vllm-project/vllm#39583. */
const loadedMethods =
  "awq auto_awq awq_marlin gptq auto_gptq gptq_marlin fp8 fbgemm_fp8 fp_quant modelopt modelopt_fp4 modelopt_mxfp8 modelopt_mixed humming compressed-tensors experts_int8 quark moe_wna16 torchao inc auto-round mxfp4 gpt_oss_mxfp4 mxfp8 deepseek_v4_fp8".split(
    " ",
  );

/** The name of how the weights were quantised; empty where they were not, or where only `quant_algo` says it. */
function findMethod(config: ConfigFields | null): string {
  const fields = findQuantisation(config ?? {});
  return cleanName(String(fields?.["quant_method"] ?? ""))
    .toLowerCase()
    .replace("compressed_tensors", "compressed-tensors");
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
  [
    /MTP(Model)?$|Eagle3$|^Eagle(3|Model$|[A-Z]\w*ForCausalLM$)|Medusa|Speculator|DSpark|DFlash|(Draft|Assistant)Model$/,
    "draft",
  ],
  [/(ForCausalLM|ForConditionalGeneration|ChatModel|LMHeadModel|ChatGLMModel)$/, null],
  // Those whose names end otherwise (`_MULTIMODAL_MODELS` of vLLM 0.32.0, `model_executor/models/registry.py`).
  [
    /^(Llama_Nemotron_Nano_VL|MiDashengLM|MiniCPM[OV]|MossAudio|HfMoondream|NemotronH_|NVLM_D|Ovis|Phi4ForCausalLMV|Qwen2_5Omni|Ultravox|Voxtral|DiffusionGemma)/,
    null,
  ],
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

function readClass(config: ConfigFields | null): string {
  const [first] = [config?.["architectures"]].flat();
  return typeof first === "string" ? cleanName(first, 100) : "";
}

function findKindByClass(config: ConfigFields | null, task: string): OtherRepository | null {
  const name = readClass(config);
  if (name.startsWith("Whisper")) return "speech";
  const found = classEnds.find(([end]) => end.test(name));
  if (found !== undefined) return found[1];
  return (
    likelyKindsByTask.get(task) ??
    (name === "" || /-text$|^any-to-any$|^text-generation$/.test(task) ? null : "other")
  );
}

/** Apple's MLX keeps `quantization` with bits and group size, where others say `quantization_config`. */
function isMlx(config: ConfigFields | null, tags: readonly string[]): boolean {
  const own = asFields(config?.["quantization"]);
  return (
    tags.includes("mlx") || (own !== null && own["bits"] !== undefined && own["group_size"] !== undefined)
  );
}

/** Ranks that vLLM makes room for; without a flag it takes adapters up to 16. */
const loraRanks = [16, 32, 64, 128, 256, 320, 512];

/** The flags with which vLLM loads an adapter; `null` for one that it loads only merged (`vllm/lora/peft_helper.py`). */
function findAdapterFlags(adapter: ConfigFields, name: string): string[] | null {
  const kind = String(adapter["peft_type"] ?? "LORA").toUpperCase();
  const ofModules = Object.values(asFields(adapter["rank_pattern"]) ?? {});
  const rank = Math.max(readCount(adapter, ["r"]) ?? 1, ...ofModules.map((value) => toCount(value) ?? 1));
  const room = loraRanks.find((most) => rank <= most);
  const saved = adapter["modules_to_save"];
  const isWhole = Array.isArray(saved) && saved.length > 0;
  if (kind !== "LORA" || adapter["use_dora"] === true || isWhole || room === undefined) return null;
  const flags = ["--enable-lora", "--lora-modules", name];
  return room === 16 ? flags : [...flags, "--max-lora-rank", String(room)];
}

function describeKinds({ id, config, baseModel, adapter }: Repository) {
  const base = baseModel === null ? null : cleanName(baseModel);
  const original = base === null ? "the checkpoint that it was made from (its page names it)" : base;
  const instead = `Serve ${original}, or a quantised checkpoint of it in safetensors (AWQ, GPTQ, FP8).`;
  const pooling =
    "It cannot chat, and chat is what this workbook measures. vLLM serves such models with --runner pooling; for chat choose another.";
  const name = id.slice(id.indexOf("/") + 1);
  const flags = findAdapterFlags(adapter ?? {}, `${name}=${id}`);
  const trained = base ?? "the model that it was trained on (adapter_config.json names it)";
  return {
    adapter: {
      what: `is ${flags === null ? "an" : "a LoRA"} adapter${base === null ? "" : ` of ${base}`}, no model of its own`,
      remedy:
        flags === null
          ? `vLLM does not load this kind of adapter as it is: merge it into ${trained}, and plan the merged model.`
          : `Plan ${trained} with extraArguments: [${flags.map((flag) => `"${flag}"`).join(", ")}], or merge the adapter into it first.`,
    },
    gguf: {
      what: "has its weights as GGUF only, llama.cpp's format, which vLLM does not load by itself",
      remedy: instead,
    },
    mlx: { what: "has its weights in MLX's format, for Apple's own chips", remedy: instead },
    quantised: {
      what: `is quantised with ${findMethod(config)}, which vLLM does not load by itself`,
      remedy: instead,
    },
    draft: {
      what: "is a draft model, which only guesses ahead for a larger one",
      remedy:
        "Plan the model that it guesses for; vLLM takes the draft with --speculative-config in extraArguments.",
    },
    other: {
      what: `is of the class ${readClass(config)}, with which vLLM writes no text`,
      remedy: "Choose a language model: modelGuide() lists some.",
    },
    withdrawn: {
      what: `is of the class ${readClass(config)}, which vLLM no longer serves (v${withdrawnClasses.get(readClass(config))} was the last that did)`,
      remedy: "Choose another model: modelGuide() lists some.",
    },
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
      what: "is an encoder-decoder model, which vLLM no longer serves",
      remedy: "Choose a model that only decodes: modelGuide() lists some.",
    },
  };
}
