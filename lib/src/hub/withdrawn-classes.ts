/**
 * Classes of models that vLLM serves no more, with its last version that had them; left out are those that it now serves
 * through Transformers, and those that do not write text.
 *
 * Source: vLLM 0.32.0, `model_executor/models/registry.py` (`_PREVIOUSLY_SUPPORTED_MODELS`).
 */
export const withdrawnClasses: ReadonlyMap<string, string> = new Map(
  Object.entries({
    AquilaForCausalLM: "0.24.0",
    AquilaModel: "0.24.0",
    ArcticForCausalLM: "0.28.0",
    BaiChuanForCausalLM: "0.23.0",
    BaichuanForCausalLM: "0.23.0",
    BambaForCausalLM: "0.23.0",
    Grok1ForCausalLM: "0.24.0",
    Grok1ModelForCausalLM: "0.24.0",
    HCXVisionForCausalLM: "0.28.0",
    InternLM2VEForCausalLM: "0.23.0",
    InternLMForCausalLM: "0.23.0",
    JAISLMHeadModel: "0.22.0",
    MPTForCausalLM: "0.28.0",
    MantisForConditionalGeneration: "0.24.0",
    MiniMaxForCausalLM: "0.23.0",
    MiniMaxM1ForCausalLM: "0.23.0",
    MiniMaxText01ForCausalLM: "0.23.0",
    MiniMaxVL01ForConditionalGeneration: "0.23.0",
    MllamaForConditionalGeneration: "0.10.2",
    MotifForCausalLM: "0.10.2",
    OuroForCausalLM: "0.26.0",
    Phi3SmallForCausalLM: "0.9.2",
    Phi4FlashForCausalLM: "0.10.2",
    Plamo2ForCausalLM: "0.26.0",
    QWenLMHeadModel: "0.23.0",
    QwenVLForConditionalGeneration: "0.23.0",
    RWForCausalLM: "0.28.0",
    StableLMEpochForCausalLM: "0.28.0",
    TarsierForConditionalGeneration: "0.24.0",
    TeleChatForCausalLM: "0.25.0",
    XverseForCausalLM: "0.23.0",
  }),
);
