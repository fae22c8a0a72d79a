// Errors as programs have put them: lines of logs, answers with status and body, and exceptions. Each with the id of its
// cause in known-errors.csv, and what its remedy must name. What vLLM 0.32.0 and the openai package 7 answered was
// recorded from them; the rest is quoted from their sources and from public reports.

import OpenAI, { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from "openai";

export type RecordedError = [id: string, thrown: unknown, remedy: RegExp];

/** What the openai package makes of an answer. */
function refused(status: number, body: object | string): Error {
  const isText = typeof body === "string";
  return APIError.generate(status, isText ? undefined : body, isText ? body : undefined, new Headers());
}

/** What vLLM answers: its words in `error.message`. */
function vllm(message: string, status = 400, type = "BadRequestError"): { status: number; body: object } {
  return { status, body: { error: { message, type, param: null, code: status } } };
}

/** What Runpod's REST API answers. */
function runpod(status: number, detail: string, errors?: string[]): { status: number; body: string } {
  return { status, body: JSON.stringify({ title: "Error", status, detail, errors }) };
}

/** What the Hub answers, with the code that it puts into a header. */
function hub(status: number, code: string, message: string): { status: number; body: string; url: string } {
  const url = "https://huggingface.co/api/models/meta-llama/Llama-3.1-8B-Instruct/auth-check";
  return { status, body: `${code}: ${message}`, url };
}

/** What fetch throws where the network fails. */
function failedFetch(code: string, message: string, name = "Error"): Error {
  return new TypeError("fetch failed", { cause: Object.assign(new Error(message), { code, name }) });
}

const accountErrors: RecordedError[] = [
  ["runpod-key-missing", runpod(401, "missing bearer token"), /RUNPOD_API_KEY/],
  ["runpod-key-refused", runpod(401, "unauthorized"), /console\.runpod\.io\/user\/credentials/],
  ["runpod-access-denied", runpod(403, "access denied"), /read and write access/],
  [
    "runpod-edge-refused",
    { status: 403, body: "error code: 1010", url: "https://api.runpod.io/v2/pods" },
    /User-Agent/,
  ],
  [
    "runpod-no-capacity",
    runpod(400, "There are no longer any instances available with the requested specifications."),
    /gpus[\s\S]*listGpus\(\)/,
  ],
  [
    "runpod-no-capacity",
    {
      status: 200,
      body: '{"errors":[{"extensions":{"code":"SUPPLY_CONSTRAINT"}}]}',
      url: "https://api.runpod.io/graphql",
    },
    /gpuCount/,
  ],
  ["runpod-balance", runpod(402, "Your account balance is too low."), /user\/billing/],
  ["runpod-balance", runpod(400, "INSUFFICIENT_BALANCE"), /user\/billing/],
  ["runpod-payment", runpod(402, "payment required"), /user\/billing/],
  ["runpod-spend-limit", runpod(400, "spending limit reached"), /npm run pods/],
  [
    "runpod-body-invalid",
    runpod(422, "Request validation failed.", ["body.gpu: is required"]),
    /Correct the field/,
  ],
  ["runpod-not-found", runpod(404, "resource not found"), /listPods\(\)/],
  ["runpod-conflict", runpod(409, "conflict"), /listPods\(\)/],
  ["runpod-rate-limited", runpod(429, "rate limit exceeded for the minute window"), /RUNPOD_API_KEY/],
  ["runpod-api-retired", runpod(410, "gone"), /RUNPOD_API_URL/],
  ["runpod-server-error", runpod(503, "service unavailable"), /listPods\(\)/],
  ["runpod-invalid-request", runpod(400, "request could not be processed"), /Correct what it names/],
];

const accessErrors: RecordedError[] = [
  ["hub-token-invalid", hub(401, "", "Invalid credentials in Authorization header"), /HF_TOKEN/],
  ["hub-gated-anonymous", hub(401, "GatedRepo", "Access to model is restricted."), /HF_TOKEN/],
  [
    "hub-gated-forbidden",
    hub(403, "GatedRepo", "Access to model meta-llama/Llama-3.1-8B-Instruct is restricted."),
    /checkModelAccess\(\)/,
  ],
  [
    "hub-rejected",
    hub(403, "GatedRepo", "Your request to access model x has been rejected by the repo's authors."),
    /open one/,
  ],
  ["hub-missing-anonymous", hub(401, "RepoNotFound", "Invalid username or password."), /MODEL/],
  ["hub-missing", hub(404, "RepoNotFound", "Repository not found"), /huggingface\.co\/models/],
  ["hub-rate-limited", hub(429, "", "Too Many Requests"), /HF_TOKEN/],
  [
    "hub-name-form",
    "HFValidationError: Repo id must be in the form 'repo_name' or 'namespace/repo_name': 'https://huggingface.co/Qwen/Qwen3-8B'.",
    /owner\/name/,
  ],
];

const startErrors: RecordedError[] = [
  [
    "host-driver-too-old",
    "nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.8, please update your driver to a newer version",
    /minCudaVersion: "12\.8"/,
  ],
  [
    "host-command-missing",
    'OCI runtime create failed: runc create failed: exec: "vllm serve": executable file not found in $PATH',
    /without image/,
  ],
  ["host-architecture", "exec /bin/sh: exec format error", /linux\/amd64/],
  [
    "image-missing",
    "Error response from daemon: manifest for vllm/vllm-openai:v0.99 not found: manifest unknown",
    /hub\.docker\.com\/r\/vllm\/vllm-openai\/tags/,
  ],
  ["image-private", "Error response from daemon: unauthorized: authentication required", /public image/],
  [
    "image-rate-limit",
    "toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading",
    /create another/,
  ],
  ["image-on-its-way", "still fetching image vllm/vllm-openai:v0.33.0", /timeoutMinutes: 15/],
  ["container-refused", "failed to create shim task: OCI runtime create failed: unknown", /minCudaVersion/],
];

const logErrors: RecordedError[] = [
  [
    "log-access-pending",
    "Your request to access model meta-llama/Llama-3.1-8B-Instruct is awaiting a review from the repo authors.",
    /Wait for Hugging Face's mail/,
  ],
  [
    "log-token-scope",
    "403 Forbidden: Please enable access to public gated repositories in your fine-grained token settings to view this repository.",
    /huggingface\.co\/settings\/tokens/,
  ],
  [
    "log-licence",
    "Access to model meta-llama/Llama-3.1-8B-Instruct is restricted and you are not in the authorized list.",
    /HF_TOKEN/,
  ],
  ["log-secret-missing", 'HF_TOKEN="{{ RUNPOD_SECRET_hf_token }}"', /user\/credentials/],
  ["log-token-blank", "httpx.LocalProtocolError: Illegal header value b'Bearer '", /HF_TOKEN/],
  [
    "log-gated",
    "OSError: You are trying to access a gated repo.\nMake sure to have access to it at https://huggingface.co/meta-llama/Llama-3.1-8B-Instruct.\n401 Client Error.\nCannot access gated repo for url https://huggingface.co/meta-llama/Llama-3.1-8B-Instruct/resolve/main/config.json.",
    /checkModelAccess\(\)/,
  ],
  [
    "log-model-missing",
    "OSError: meta-llama/Lama-3.1-8B is not a local folder and is not a valid model identifier listed on 'https://huggingface.co/models'",
    /plan's model/,
  ],
  [
    "log-model-missing",
    "ValueError: Invalid repository ID or local directory specified: 'Qwen3-8B'.",
    /upper and lower case/,
  ],
  ["log-no-weights", "RuntimeError: Cannot find any model weights with `acme/gguf-only`", /safetensors/],
  [
    "kv-cache-estimated",
    "(EngineCore pid=141) ERROR 11-23 14:02:11 [core.py:866] ValueError: To serve at least one request with the model's max seq len (131072), (16.0 GiB KV cache is needed, which is larger than the available KV cache memory (4.9 GiB). Based on the available memory, the estimated maximum model length is 40160.",
    /maxModelTokens: 40160 or less \(--max-model-len\)/,
  ],
  [
    "kv-cache-too-small",
    "The model's max seq len (32768) is larger than the maximum number of tokens that can be stored in KV cache (14736). Try increasing `gpu_memory_utilization`",
    /smaller maxModelTokens/,
  ],
  ["kv-cache-none", "ValueError: No available memory for the cache blocks.", /gpuCount/],
  [
    "gpu-memory-taken",
    "ValueError: Free memory on device cuda:0 (2.6/121.63 GiB) on startup is less than desired GPU memory utilization (0.08, 9.73 GiB)",
    /--gpu-memory-utilization/,
  ],
  [
    "cuda-out-of-memory",
    "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 224.00 MiB. GPU",
    /quantised variant/,
  ],
  [
    "argument-unknown",
    "vllm: error: unrecognized arguments: --rope-scaling",
    /Take --rope-scaling out of the plan's extraArguments/,
  ],
  ["serve-doubled", "api_server.py: error: unrecognized arguments: serve", /vllm serve/],
  [
    "argument-value",
    "vllm: error: argument --max-num-seqs: expected one argument",
    /--max-num-seqs in the plan's extraArguments/,
  ],
  [
    "argument-value",
    "vllm: error: argument --dtype: invalid choice: 'fp16' (choose from auto, bfloat16, float, float16, float32, half)",
    /Correct --dtype/,
  ],
  [
    "context-over-model",
    "Value error, User-specified max_model_len (4096) is greater than the derived max_model_len (max_position_embeddings=2048.0 or model_max_length=None in model's config.json).",
    /maxModelTokens: 2048/,
  ],
  [
    "quantization-mismatch",
    "Quantization method specified in the model config (None) does not match the quantization method specified in the `quantization` argument (modelopt).",
    /--quantization/,
  ],
  [
    "quantization-gpu",
    "Quantization scheme is not supported for the current GPU. Min capability: 89. Current capability: 86.",
    /AWQ and GPTQ/,
  ],
  [
    "bfloat16-gpu",
    "Bfloat16 is only supported on GPUs with compute capability of at least 8.0. Your Tesla V100-PCIE-32GB GPU has compute capability 7.0.",
    /--dtype half/,
  ],
  [
    "architecture-unknown",
    "ValueError: The checkpoint you are trying to load has model type `qwen4` but Transformers does not recognize this architecture.",
    /newer image/,
  ],
  [
    "heads-not-divisible",
    "ValueError: Total number of attention heads (28) must be divisible by tensor parallel size (8).",
    /gpuCount that divides 28/,
  ],
  [
    "more-parts-than-gpus",
    "Value error, World size (2) is larger than the number of available GPUs (1) in this node.",
    /gpuCount: 2/,
  ],
  [
    "allreduce-warning",
    "(VllmWorker rank=1 pid=1410768) WARNING 05-02 07:54:19 [custom_all_reduce.py:136] Custom allreduce is disabled because it's not supported on more than two PCIe-only GPUs.",
    /Nothing to do/,
  ],
  [
    "nccl",
    "torch.distributed.DistBackendError: NCCL error in: ProcessGroupNCCL.cpp:1691",
    /NCCL_P2P_DISABLE=1/,
  ],
  [
    "driver-too-old",
    "RuntimeError: Unexpected error from cudaGetDeviceCount(). Did you run some cuda functions before calling NumCudaDevices() that might have already set an error? Error 803: system has unsupported display driver / cuda driver combination",
    /minCudaVersion/,
  ],
  ["no-gpu", "RuntimeError: Failed to infer device type", /create another/],
  ["disk-full", "OSError: [Errno 28] No space left on device: '/root/.cache/huggingface'", /containerDiskGb/],
  [
    "download-broken",
    "RuntimeError: Data processing error: CAS service error : Reqwest Error",
    /HF_HUB_DISABLE_XET/,
  ],
  ["killed", "Killed", /gpus/],
  [
    "killed",
    "ERROR shard-manager: text_generation_launcher: Shard process was signaled to shutdown with signal 9 rank=0\nError: ShardCannotStart",
    /On a machine of your own choose a smaller/,
  ],
  ["crashed", "0s0n9e[error]worker exited with exit code 136", /readPodLog/],
  ["port-taken", "OSError: [Errno 98] Address already in use", /--port/],
  [
    "engine-start",
    "RuntimeError: Engine core initialization failed. See root cause above.",
    /readPodLog\(pod\)/,
  ],
];

const proxyErrors: RecordedError[] = [
  ["proxy-404", { status: 404, body: "" }, /\/models added in a browser/],
  ["proxy-404", refused(404, ""), /listPods\(\)/],
  [
    "proxy-404",
    // The package drops a body without the member `error`.
    refused(404, { detail: "Not Found" }),
    /OPENAI_BASE_URL/,
  ],
  [
    "proxy-502",
    { status: 502, body: "<html><head><title>502 Bad Gateway</title></head></html>" },
    /ten minutes[\s\S]*--host 0\.0\.0\.0/,
  ],
  ["proxy-502", refused(502, "<html><title>502 Bad Gateway</title></html>"), /readPodLog\(pod\)/],
  ["proxy-503", { status: 503, body: "" }, /ten minutes/],
  ["proxy-504", refused(504, "upstream request timeout"), /stream: true/],
  ["proxy-524", { status: 524, body: "error code: 524" }, /max_tokens/],
  ["proxy-52x", { status: 522, body: "error code: 522" }, /create another/],
  ["proxy-user-agent", { status: 403, body: "error code: 1010" }, /User-Agent/],
  ["proxy-web-page", { status: 200, body: "<!DOCTYPE html><title>Log in</title>" }, /proxy\.runpod\.net\/v1/],
  ["proxy-no-workers", { status: 400, body: "no workers available" }, /waitUntilReady\(endpoint\)/],
];

const serverErrors: RecordedError[] = [
  ["key", { status: 401, body: '{"error":"Unauthorized"}' }, /OPENAI_API_KEY/],
  ["key-status", refused(401, { error: "Unauthorized" }), /OPENAI_API_KEY/],
  ["path", { status: 404, body: '{"detail":"Not Found"}' }, /exactly one \/v1/],
  ["path", '{"detail":"Not Found"}', /OPENAI_BASE_URL/],
  [
    "model-name",
    vllm("The model `nope` does not exist. Valid aliases: smollm2.", 404, "NotFoundError"),
    /MODEL in \.env/,
  ],
  ["model-name", refused(404, { error: { message: 'model "llama" not found' } }), /spelled exactly the same/],
  [
    "context",
    vllm(
      "max_tokens=5000 cannot be greater than max_model_len=2048. Please request fewer output tokens. (parameter=max_tokens, value=5000)",
    ),
    /--max-model-len/,
  ],
  [
    "context",
    refused(400, {
      error: {
        message:
          "This model's maximum context length is 2048 tokens. However, your prompt contains at least 2049 input tokens, which exceeds this limit even without any output tokens.",
      },
    }),
    /maxModelTokens/,
  ],
  [
    "no-message",
    vllm("Cannot apply chat template to an empty conversation. Provide at least one message."),
    /messages/,
  ],
  [
    "no-chat-template",
    vllm(
      "As of transformers v4.44, default chat template is no longer allowed, so you must provide a chat template if the tokenizer does not define one.",
    ),
    /--chat-template/,
  ],
  [
    "bad-parameter",
    vllm("temperature must be non-negative, got -1.0. (parameter=temperature, value=-1.0)"),
    /names the parameter/,
  ],
  [
    "field-type",
    vllm(
      "1 validation error:\n  {'type': 'float_parsing', 'loc': 'body.temperature', 'msg': 'Input should be a valid number, unable to parse string as a number', 'input': 'hot'}",
    ),
    /after loc/,
  ],
  [
    "json",
    vllm(
      "1 validation error:\n  {'type': 'json_invalid', 'loc': 'body.9', 'msg': 'JSON decode error', 'input': '<dict of 0 items>', 'ctx': {'error': 'Expecting value'}}",
    ),
    /JSON\.stringify\(\)/,
  ],
  ["system-prompt", vllm("System role not supported"), /foldSystemPrompt/],
  ["system-prompt", vllm("Only user and assistant roles are supported!"), /foldSystemPrompt/],
  [
    "roles-alternate",
    vllm("Conversation roles must alternate user/assistant/user/assistant/..."),
    /foldSystemPrompt/,
  ],
  ["last-role", vllm("Expected last role User or Tool but got assistant"), /role user/],
  [
    "tools-off",
    vllm('"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),
    /extraArguments/,
  ],
  // The form of vLLM before 0.10.1.
  [
    "max-tokens-zero",
    { status: 400, body: '{"object":"error","message":"max_tokens must be at least 1, got 0.","code":400}' },
    /max_tokens/,
  ],
  [
    "engine-dead",
    vllm("EngineCore encountered an issue. See stack trace (above) for the root cause.", 500),
    /readPodLog\(pod\)/,
  ],
  ["server-error", refused(500, { error: { message: "Internal server error" } }), /Look at its log/],
  ["rate-limit", refused(429, { error: { message: "Rate limit reached" } }), /retry-after/],
  // An error inside a stream that began with status 200: the package knows no status then, vLLM repeats its own.
  [
    "context",
    new APIError(
      undefined,
      { message: "This model's maximum context length is 2048 tokens.", code: 400 },
      undefined,
      new Headers(),
    ),
    /max_tokens/,
  ],
];

const clientErrors: RecordedError[] = [
  [
    "no-credentials",
    new OpenAI.OpenAIError(
      "Missing credentials. Please pass an `apiKey`, or set the `OPENAI_API_KEY` environment variable.",
    ),
    /endpoint\.apiKey/,
  ],
  ["timeout", new APIConnectionTimeoutError(), /option timeout/],
  ["aborted", new APIUserAbortError(), /Nothing is wrong/],
  ["no-answer", new APIConnectionError({ message: "Connection error." }), /OPENAI_BASE_URL/],
  [
    "nothing-listens",
    new APIConnectionError({
      message: "Connection error.",
      cause: failedFetch("ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:8000"),
    }),
    /host and port/,
  ],
  [
    "unknown-host",
    failedFetch("ENOTFOUND", "getaddrinfo ENOTFOUND abc-8000.proxy.runpod.example"),
    /OPENAI_BASE_URL/,
  ],
  ["no-route", failedFetch("EHOSTUNREACH", "connect EHOSTUNREACH 203.0.113.7:443"), /VPN/],
  ["connect-timeout", failedFetch("ETIMEDOUT", "connect ETIMEDOUT 203.0.113.7:443"), /OPENAI_BASE_URL/],
  [
    "connect-timeout",
    failedFetch("UND_ERR_CONNECT_TIMEOUT", "Connect Timeout Error", "ConnectTimeoutError"),
    /network/,
  ],
  [
    "headers-timeout",
    failedFetch("UND_ERR_HEADERS_TIMEOUT", "Headers Timeout Error", "HeadersTimeoutError"),
    /stream: true/,
  ],
  [
    "body-timeout",
    failedFetch("UND_ERR_BODY_TIMEOUT", "Body Timeout Error", "BodyTimeoutError"),
    /fewer at a time/,
  ],
  [
    "cut-off",
    new TypeError("terminated", {
      cause: Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" }),
    }),
    /server's log/,
  ],
  [
    "tls-plain-http",
    failedFetch(
      "ERR_SSL_WRONG_VERSION_NUMBER",
      "SSL routines:tls_validate_record_header:wrong version number",
    ),
    /http:\/\//,
  ],
  ["tls-expired", failedFetch("CERT_HAS_EXPIRED", "certificate has expired"), /clock/],
  [
    "tls-untrusted",
    failedFetch("UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unable to verify the first certificate"),
    /NODE_EXTRA_CA_CERTS/,
  ],
  [
    "tls-other-name",
    failedFetch("ERR_TLS_CERT_ALTNAME_INVALID", "Hostname/IP does not match certificate's altnames"),
    /OPENAI_BASE_URL/,
  ],
  ["bad-port", new TypeError("fetch failed", { cause: new Error("bad port") }), /--port/],
  ["not-json", new SyntaxError("Unexpected token '<', \"<html>\" is not valid JSON"), /OPENAI_BASE_URL/],
  [
    "answer-length",
    new OpenAI.OpenAIError("Could not parse response content as the length limit was reached"),
    /max_tokens/,
  ],
  [
    "stream-end",
    new OpenAI.OpenAIError("stream ended without producing a ChatCompletionMessage with role=assistant"),
    /printChat\(\)/,
  ],
  [
    "disk",
    Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" }),
    /WORKBOOK_STATE/,
  ],
];

const notebookErrors: RecordedError[] = [
  ["stopped-waiting", new Error("Interrupted asynchronously"), /AbortSignal/],
  ["misspelt-name", "3:7 - Cannot find name 'endpoint'. Did you mean 'endpoints'?", /define endpoint/],
  [
    "missing-package",
    "1:20 - Cannot find module 'lodash' or its corresponding type declarations.",
    /install --save-exact lodash/,
  ],
  ["missing-await", "2:8 - Property 'baseUrl' does not exist on type 'Promise<Endpoint>'.", /await/],
  [
    "no-choices",
    new TypeError("Cannot read properties of undefined (reading 'delta')"),
    /choices\[0\]\?\.delta/,
  ],
  [
    "top-level-await",
    Object.assign(new Error("require() cannot be used on an ESM graph with top-level await."), {
      code: "ERR_REQUIRE_ASYNC_MODULE",
    }),
    /chart\(\)/,
  ],
  ["no-kernel", "jupyter_client.kernelspec.NoSuchKernel: No such kernel named tslab", /npm run lab/],
  ["no-venv", "Error: No module named 'ensurepip'", /python3-venv/],
  ["managed-python", "error: externally-managed-environment", /npm run setup/],
  ["integrity", "npm error code EINTEGRITY", /npm cache verify/],
];

export const recordedErrors: readonly RecordedError[] = [
  ...accountErrors,
  ...accessErrors,
  ...startErrors,
  ...logErrors,
  ...proxyErrors,
  ...serverErrors,
  ...clientErrors,
  ...notebookErrors,
];
