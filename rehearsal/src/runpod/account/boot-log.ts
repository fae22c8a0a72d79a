import { testedVllmVersion } from "workbook/facts";
import type { CrashReason } from "../../faults/runpod-faults.ts";
import { type HubRefusal, refuseGated } from "../../hub/hub-access.ts";

/** What is being started, as its log names it. */
export interface BootSubject {
  image: string;
  model: string;
  gpuCount: number;
}

export type LogSource = "container" | "system";

/** A line that a start of a pod writes, `atMs` after that start. `{time}` in it becomes vLLM's own time of day. */
export interface ScriptedLine {
  atMs: number;
  source: LogSource;
  text: string;
}

type Line = Omit<ScriptedLine, "atMs">;

const system = (text: string): Line => ({ source: "system", text });
const container = (text: string): Line => ({ source: "container", text });
const api = (place: string, text: string) => container(`(APIServer pid=1) INFO {time} [${place}] ${text}`);
const core = (place: string, text: string) =>
  container(`(EngineCore pid=141) INFO {time} [${place}] ${text}`);
const worker = (place: string, text: string) => container(`(Worker pid=203) INFO {time} [${place}] ${text}`);

/** What Runpod's host writes until the container runs. */
export function systemLines({ image }: BootSubject): Line[] {
  const [repository = image, tag = "latest"] = /^((?:.*\/)?[^:]*)(?::(.*))?$/s.exec(image)?.slice(1) ?? [];
  return [
    system(`create container ${image}`),
    system(`${tag} Pulling from ${repository}`),
    system(`still fetching image ${image}`),
    system(`still fetching image ${image}`),
    system(`Status: Downloaded newer image for ${image}`),
  ];
}

/** What Runpod's host writes each time when the container starts. */
export function containerStart({ image }: BootSubject): Line {
  return system(`start container for ${image}: begin`);
}

/** What vLLM 0.33 writes on its way up, in its own form (taken down from a start of the real server). */
export function startLines({ model, gpuCount }: BootSubject, bootMs: number): Line[] {
  // The proportions of a start of a model with 8 billion parameters, as `planBoot` has them.
  const seconds = (share: number, digits: number) => ((share * bootMs) / 1_000).toFixed(digits);
  return [
    ...linkLines(gpuCount),
    api("startup.py:38", `version ${testedVllmVersion}`),
    api("startup.py:96", `non-default args: {'model_tag': '${model}', 'host': '0.0.0.0'}`),
    api("model.py:744", "Resolved architecture: LlamaForCausalLM"),
    core("core.py:139", `Initializing a V1 LLM engine (v${testedVllmVersion}) with config: model='${model}'`),
    worker("parallel_state.py:1929", `world_size=${gpuCount} rank=0 local_rank=0 backend=nccl`),
    worker("gpu_model_runner.py:4978", `Starting to load model ${model}...`),
    worker("weight_utils.py:537", `Time spent downloading weights for ${model}: ${seconds(0.3, 6)} seconds`),
    container("Loading safetensors checkpoint shards: 100% Completed | 4/4 [00:04<00:00,  1.12s/it]"),
    worker("default_loader.py:506", `Loading weights took ${seconds(0.04, 2)} seconds`),
    worker("gpu_worker.py:772", "Available KV cache memory: 23.52 GiB"),
    core("kv_cache_utils.py:1147", "GPU KV cache size: 192,640 tokens"),
    core("core.py:412", `init engine (profile, create kv cache, warmup model) took ${seconds(0.2, 2)} s`),
    api("entry.py:135", "Supported tasks: ['generate']"),
    api("entry.py:139", "Starting vLLM server on http://0.0.0.0:8000"),
    container("INFO:     Started server process [1]"),
    container("INFO:     Waiting for application startup."),
    container("INFO:     Application startup complete."),
  ];
}

/** What the start script writes of the links between several cards: `nvidia-smi topo -p2p r` where all pairs can. */
function linkLines(gpuCount: number): Line[] {
  if (gpuCount === 1) return [];
  const cards = Array.from({ length: gpuCount }, (_, index) => index);
  const rows = cards.map(
    (card) => `GPU${card} ${cards.map((other) => (other === card ? "X" : "OK")).join(" ")}`,
  );
  return [container(`workbook: peer-to-peer: ${rows.join("; ")}`)];
}

/** What one round of a crash loop writes: the container's start, why it ends, and nothing more. */
export function crashLines(reason: CrashReason | HubRefusal, subject: BootSubject): Line[] {
  const { model } = subject;
  const begin = containerStart(subject);
  const opening = startLines(subject, 0).slice(0, 4);
  if (typeof reason === "object") return [begin, ...opening.slice(0, 2), ...refusalLines(reason, model)];
  const engineFailure = engineFailures[reason];
  if (engineFailure !== undefined) {
    const end = "Engine core initialization failed. See root cause above. Failed core proc(s): {}";
    return [
      begin,
      ...opening,
      container(`(EngineCore pid=141) ERROR {time} [core.py:866] ${engineFailure}`),
      container(`(APIServer pid=1) RuntimeError: ${end}`),
    ];
  }
  switch (reason) {
    case "driver-too-old":
      return [
        system(
          "error starting container: Error response from daemon: failed to create task for container: OCI runtime create failed: " +
            "nvidia-container-cli: requirement error: unsatisfied condition: cuda>=13.0, please update your driver to a newer version, or use an earlier cuda container",
        ),
      ];
    case "unknown-argument":
      return [begin, container("vllm: error: unrecognized arguments: --max-model-length 32768")];
    case "no-key":
      return [
        begin,
        container("workbook: VLLM_API_KEY is not set, and this pod does not serve without a key."),
      ];
    case "adapter-missing":
    case "adapter-of-another-base":
      return [
        begin,
        ...startLines(subject, 0).slice(0, -4),
        container(`(APIServer pid=1) ${adapterFailures[reason]}`),
      ];
    case "gated-model":
      return crashLines(refuseGated(model, null), subject);
    case "access-pending":
      return crashLines(refuseGated(model, "pending"), subject);
    default:
      return [begin];
  }
}

/** What vLLM says last where it has loaded the model and not its adapters; taken down from starts of the real server. */
const adapterFailures = {
  "adapter-missing": "ValueError: Loading lora sql failed: No adapter found for somebody/sql",
  "adapter-of-another-base":
    "ValueError: Call to add_lora method failed: Worker failed with error 'The size of tensor a (576) must match the size of tensor b (1024) at non-singleton dimension 1', please check the stack trace above for the root cause",
};

/** What vLLM's engine says where it cannot start. */
const engineFailures: Partial<Record<CrashReason, string>> = {
  "cuda-out-of-memory":
    "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 448.00 MiB. GPU 0 has a total capacity of 44.43 GiB of which 236.12 MiB is free.",
  "kv-cache-too-small":
    "ValueError: To serve at least one request with the model's max seq len (131072), (40.0 GiB KV cache is needed, which is larger than the available KV cache memory (22.52 GiB). " +
    "Based on the available memory, the estimated maximum model length is 73792. Try increasing `gpu_memory_utilization` or decreasing `max_model_len` when initializing the engine.",
  "disk-full":
    "RuntimeError: Data processing error: CAS service error : IO Error: No space left on device (os error 28)",
};

function refusalLines({ status, code, message }: HubRefusal, model: string): Line[] {
  const page = `https://huggingface.co/${model}`;
  const opening =
    code === "GatedRepo"
      ? `OSError: You are trying to access a gated repo. Make sure to have access to it at ${page}.`
      : `OSError: ${model} is not a local folder and is not a valid model identifier listed on 'https://huggingface.co/models'`;
  const problem = code === "GatedRepo" ? "Cannot access gated repo" : "Repository Not Found";
  return [
    container(opening),
    container(`${status} Client Error. ${problem} for url: ${page}/resolve/main/config.json.`),
    container(message),
  ];
}
