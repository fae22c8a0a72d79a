// What servers and services other than vLLM say, and how starts fail, with the id of its cause in known-errors.csv: quoted from
// public reports and sources, which the table names. A number in front is the HTTP status that came with it.

export type SaidElsewhere = readonly [id: string, said: string, status?: number];

export const saidElsewhere: Readonly<Record<string, readonly SaidElsewhere[]>> = {
  SGLang: [
    ["context", "The input (61709 tokens) is longer than the model's context length (40960 tokens).", 400],
    ["context", "Requested token count exceeds the model's maximum context length of 32768 tokens.", 400],
    ["context", "Input length (160062 tokens) exceeds the maximum allowed length (59862 tokens).", 400],
    ["rate-limit", "The request queue is full.", 503],
    ["memory-flag", "RuntimeError: Not enough memory. Please try to increase --mem-fraction-static."],
    [
      "cuda-out-of-memory",
      "Exception: Capture CUDA graph failed: CUDA out of memory. Tried to allocate 20.00 MiB.",
    ],
    [
      "attention-backend",
      "AssertionError: FlashAttention v3 Backend requires SM>=80 and SM<=90. Please use `--attention-backend flashinfer`.",
    ],
    [
      "context-over-model",
      "ValueError: Context length 131072 is greater than the derived context_length 40960.",
    ],
    [
      "engine-start",
      "[2025-09-07 06:10:23] Received sigquit from a child process. It usually means the child failed.",
    ],
  ],
  "LM Studio": [
    [
      "context",
      "Trying to keep the first 15857 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough.",
      400,
    ],
    [
      "context",
      "The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 10247>= n_ctx: 4096).",
      400,
    ],
    [
      "model-not-loaded",
      "No models loaded. Please load a model in the developer page or use the 'lms load' command.",
      404,
    ],
    ["model-not-loaded", "Model is unloaded.", 400],
    ["model-not-loaded", 'Failed to load model "gpt-oss-20b". Error: Error loading model.', 400],
    ["model-name", 'Model "default" not found. Please specify a valid model.', 404],
    ["parameter-unknown", "'response_format.type' must be 'json_schema' or 'text'", 400],
    [
      "template-failed",
      'Error rendering prompt with jinja template: "Unknown StringValue filter: safe".',
      400,
    ],
    ["path", "Unexpected endpoint or method. (POST /chat/completions)", 200],
  ],
  TGI: [
    [
      "context",
      "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens and 20 `max_new_tokens`",
      422,
    ],
    ["context", "Input validation error: `inputs` must have less than 1024 tokens. Given: 2000", 422],
    ["bad-parameter", "Input validation error: `temperature` must be strictly positive", 422],
    ["no-chat-template", "Template error: template not found", 422],
    ["rate-limit", "Model is overloaded", 429],
    [
      "memory-flag",
      'Error: Warmup(Generation("Not enough memory to handle 4096 prefill tokens. You need to decrease `--max-batch-prefill-tokens`"))',
    ],
    [
      "argument-value",
      "error: invalid value 'abc' for '--max-total-tokens <MAX_TOTAL_TOKENS>': invalid digit found in string",
    ],
    ["argument-unknown", "error: unexpected argument '--foo' found"],
    ["engine-start", "Error: ShardCannotStart"],
  ],
  "llama.cpp": [
    [
      "context",
      "request (4390 tokens) exceeds the available context size (4096 tokens), try increasing it",
      400,
    ],
    ["context", "Context size has been exceeded.", 500],
    ["context", "Requested tokens (2285) exceed context window of 2048", 400],
    ["model-loading", "Loading model", 503],
    ["tools-off", "tools param requires --jinja flag", 500],
    [
      "text-only",
      "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj",
      500,
    ],
    ["grammar", "Failed to initialize samplers: failed to parse grammar", 400],
    ["template-failed", "Value is not callable: null at row 1, column 72", 500],
    [
      "gguf-unsupported",
      "llama_model_load: error loading model: error loading model architecture: unknown model architecture: 'qwen3next'",
    ],
    [
      "weights-broken",
      "llama_model_load: error loading model: tensor 'blk.3.attn_qkv.weight' data is not within the file bounds, model is corrupted or incomplete",
    ],
    ["weights-broken", "gguf_init_from_file_impl: invalid magic characters: 'vers', expected 'GGUF'"],
    ["weights-mismatch", "llama_model_load: error loading model: missing tensor 'blk.0.attn_qkv.weight'"],
    [
      "cuda-out-of-memory",
      "ggml_backend_cuda_buffer_type_alloc_buffer: allocating 4096.00 MiB on device 0: cudaMalloc failed: out of memory",
    ],
    ["llama-load", "srv    load_model: failed to load model, '/models/x.gguf'"],
    ["argument-value", 'error while handling argument "-c": stoi'],
    ["model-file-missing", "error: failed to open GGUF file '/models/x.gguf' (No such file or directory)"],
  ],
  Ollama: [
    ["model-name", 'model "llama9" not found, try pulling it first', 404],
    ["tools-off", "registry.ollama.ai/library/gemma:2b does not support tools", 400],
    ["parameter-unknown", '"gemma:2b" does not support thinking', 400],
    ["llama-runner", "model requires more system memory (2.7 GiB) than is available (2.3 GiB)", 500],
    ["llama-runner", "llama runner process has terminated: exit status 2", 500],
    ["rate-limit", "server busy, please try again.  maximum pending requests exceeded", 503],
    [
      "field-type",
      "json: cannot unmarshal array into Go struct field ChatRequest.messages.content of type string",
      400,
    ],
    ["nothing-listens", "Error: could not connect to ollama app, is it running?"],
    ["port-taken", "Error: listen tcp 127.0.0.1:11434: bind: address already in use"],
    ["argument-unknown", "Error: unknown flag: --foo"],
    ["engine-timeout", "Error: timed out waiting for llama runner to start"],
  ],
  Mistral: [
    [
      "context",
      "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
      400,
    ],
    [
      "parameter-unknown",
      "[{'type': 'extra_forbidden', 'loc': ['body', 'max_completion_tokens'], 'msg': 'Extra inputs are not permitted'}]",
      422,
    ],
    ["rate-limit", "Service tier capacity exceeded for this model.", 429],
    ["rate-limit", "Rate limit exceeded", 429],
    ["model-name-words", "Invalid model: mistral-lagre", 400],
  ],
  Azure: [
    ["azure-deployment", "The API deployment for this resource does not exist.", 404],
    [
      "content-filter",
      "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
      400,
    ],
    [
      "rate-limit",
      "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-06-01 have exceeded token rate limit of your current OpenAI S0 pricing tier.",
      429,
    ],
    ["key", "Access denied due to invalid subscription key or wrong API endpoint.", 401],
    ["api-version", "API version not supported", 400],
    [
      "no-chat-api",
      "The chatCompletion operation does not work with the specified model, text-embedding-ada-002.",
      400,
    ],
    ["other-path", "Resource not found", 404],
  ],
  OpenRouter: [
    [
      "provider-excluded",
      "No endpoints found matching your data policy. Configure: https://openrouter.ai/settings/privacy",
      404,
    ],
    [
      "provider-excluded",
      "No endpoints available matching your guardrail restrictions and data policy.",
      404,
    ],
    ["tools-off", "No endpoints found that support tool use.", 404],
    ["text-only", "No endpoints found that support image input", 404],
    ["model-name-words", "No endpoints found for nousresearch/hermes-3:free.", 404],
    ["model-name-words", "foo/bar is not a valid model ID", 400],
    [
      "unpaid",
      "This request requires more credits, or fewer max_tokens. You requested up to 65536 tokens, but can only afford 1200.",
      402,
    ],
    ["rate-limit", "Rate limit exceeded: free-models-per-day.", 429],
    [
      "content-filter",
      'openai/gpt-4o requires moderation on Azure. Your input was flagged for "violence".',
      403,
    ],
    ["unpaid", "Key limit exceeded (total limit).", 403],
    [
      "context",
      "This endpoint's maximum context length is 32768 tokens. However, you requested about 40000 tokens.",
      400,
    ],
    ["key", "No auth credentials found", 401],
  ],
  "Groq, Together, DeepSeek, Qwen, Bedrock, LiteLLM, OpenAI": [
    [
      "rate-limit",
      "Request too large for model `llama-3.3-70b-versatile` in organization `org_x` service tier `on_demand` on tokens per minute (TPM): Limit 12000, Requested 14137",
      413,
    ],
    [
      "answer-limit",
      "`max_tokens` must be less than or equal to `8192`, the maximum value for `max_tokens` is less than the `context_window` for this model",
      400,
    ],
    [
      "model-name-words",
      "The model `mixtral-8x7b-32768` has been decommissioned and is no longer supported.",
      400,
    ],
    ["parameter-unknown", "property 'top_k' is unsupported", 400],
    [
      "model-name-words",
      "Unable to access non-serverless model foo. Please visit https://api.together.ai/models to create and start a new dedicated endpoint for the model.",
      400,
    ],
    ["model-not-loaded", "The dedicated endpoint for mistralai/Mixtral-8x22B is not running.", 400],
    ["unpaid", "Insufficient Balance", 402],
    ["content-filter", "Content Exists Risk", 400],
    ["model-name-words", "Model Not Exist", 400],
    [
      "content-filter",
      "<400> InternalError.Algo.DataInspectionFailed: Input text data may contain inappropriate content.",
      400,
    ],
    ["context", "Range of input length should be [1, 30720]", 400],
    [
      "model-name-words",
      "Invocation of model ID anthropic.claude with on-demand throughput isn't supported.",
      400,
    ],
    ["model-access", "You don't have access to the model with the specified model ID.", 403],
    [
      "rate-limit",
      "An error occurred (ThrottlingException) when calling the InvokeModel operation: Too many tokens, please wait before trying again.",
      400,
    ],
    ["unpaid", "Budget has been exceeded! Current cost: 26.075, Max budget: 0.25", 400],
    [
      "model-name-words",
      "Invalid model name passed in model=gpt-9. Call `/v1/models` to view available models for your key.",
      400,
    ],
    ["rate-limit", "No deployments available for selected model, Try again in 5 seconds.", 429],
    ["unpaid", "You exceeded your current quota, please check your plan and billing details.", 429],
    [
      "parameter-unknown",
      "Unsupported value: 'temperature' does not support 0.0 with this model. Only the default (1) value is supported.",
      400,
    ],
    ["context", "prompt is too long: 201130 tokens > 200000 maximum", 400],
    ["unpaid", '{"error":{"message":"Insufficient Balance","type":"unknown_error"}}'],
  ],
  "a start": [
    [
      "compiler-missing",
      "RuntimeError: Could not find nvcc and default cuda_home='/usr/local/cuda' doesn't exist",
    ],
    ["compiler-missing", "/tmp/tmps1rkq3y3/main.c:5:10: fatal error: Python.h: No such file or directory"],
    [
      "compile-failed",
      "subprocess.CalledProcessError: Command '['/usr/bin/gcc', '/tmp/tmpabc/main.c', '-O3', '-shared']' returned non-zero exit status 1.",
    ],
    ["compile-failed", "torch._dynamo.exc.BackendCompilerFailed: backend='inductor' raised:"],
    ["compiler-too-old", "nvcc fatal   : Unsupported gpu architecture 'compute_120a'"],
    ["attention-backend", "RuntimeError: FlashAttention only supports Ampere GPUs or newer."],
    [
      "attention-backend",
      "ValueError: Selected backend AttentionBackendEnum.FLASH_ATTN is not valid for this configuration. Reason: ['compute capability not supported']",
    ],
    [
      "attention-backend",
      "ValueError: Head size 80 is not supported by PagedAttention. Supported head sizes are: [64, 96].",
    ],
    [
      "tokenizer-version",
      "AttributeError: Qwen2Tokenizer has no attribute all_special_tokens_extended. Did you mean: 'num_special_tokens_to_add'?",
    ],
    [
      "tokenizer-version",
      "Exception: data did not match any variant of untagged enum ModelWrapper at line 1251012 column 3",
    ],
    ["gguf-unsupported", "RuntimeError: Unknown gguf model_type: deepseek_v4"],
    [
      "rope-scaling",
      "ValueError: `rope_scaling` must be a dictionary with two fields, `type` and `factor`, got {'factor': 8.0, 'rope_type': 'llama3'}",
    ],
    ["rope-scaling", "ValueError: Unknown RoPE scaling type extended"],
    [
      "quantization-dtype",
      "ValueError: torch.bfloat16 is not supported for quantization method gptq. Supported dtypes: [torch.float16]",
    ],
    [
      "blocks-not-divisible",
      "ValueError: The input size is not aligned with the quantized weight shape. This can be caused by too large tensor parallel size.",
    ],
    ["weights-broken", "_pickle.UnpicklingError: invalid load key, 'v'."],
    ["weights-broken", "safetensors_rust.SafetensorError: Error while deserializing header: HeaderTooLarge"],
    [
      "weights-mismatch",
      "AssertionError: Tried to load weights of size torch.Size([3096576, 1])to a parameter of size torch.Size([5376, 1152])",
    ],
    ["shared-memory", "OSError: [Errno 28] No space left on device: '/dev/shm/psm_abc'"],
    [
      "shared-memory",
      "misc/shmutils.cc:93 NCCL WARN Call to posix_fallocate failed: No space left on device",
    ],
    [
      "driver-too-old",
      "torch.AcceleratorError: CUDA error: the provided PTX was compiled with an unsupported toolchain.",
    ],
    ["engine-timeout", "TimeoutError: RPC call to execute_model timed out."],
    [
      "nccl",
      "[rank0]:[E1127 ProcessGroupNCCL.cpp:616] [Rank 0] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=5) ran for 600029 milliseconds before timing out.",
    ],
    ["argument-missing", "launch_server.py: error: the following arguments are required: --model-path"],
    ["library-missing", "ImportError: /usr/lib/flash_attn_2_cuda.so: undefined symbol: _ZN3c105ErrorC2E"],
    [
      "no-gpu",
      'docker: Error response from daemon: could not select device driver "" with capabilities: [[gpu]].',
    ],
    [
      "cuda-out-of-memory",
      "RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
    ],
    [
      "hub-unreachable",
      "requests.exceptions.ConnectionError: HTTPSConnectionPool(host='huggingface.co', port=443): Max retries exceeded with url: /api/models/x",
    ],
    ["gguf-unsupported", "ValueError: GGUF model with architecture minimax-m2 is not supported yet."],
    [
      "engine-start",
      "(EngineCore_DP0 pid=469) ERROR 03-11 17:57:10 [multiproc_executor.py:783] WorkerProc failed to start.",
    ],
    ["quantization-gpu", "NotImplementedError: No NvFp4 MoE backend supports the deployment configuration."],
    [
      "compiler-too-old",
      "ptxas /tmp/tmpmwke15zw.ptx, line 6; error   : PTX .version 8.4 does not support .target sm_120a, ptxas fatal   : Ptx assembly aborted due to errors",
    ],
    [
      "hub-path",
      "OSError: Incorrect path_or_model_id: './models/x'. Please provide either the path to a local folder or the repo_id of a model on the Hub.",
    ],
    [
      "gpu-memory-taken",
      "AssertionError: Error in memory profiling. Initial free memory 10 GiB, current free memory 12 GiB.",
    ],
    [
      "nccl",
      "torch.distributed.DistNetworkError: The client socket has timed out after 600000ms while trying to connect to (10.0.0.1, 29500).",
    ],
    [
      "log-no-weights",
      "OSError: Error no file named pytorch_model.bin, model.safetensors, tf_model.h5 found in directory /x.",
    ],
    [
      "remote-code",
      "ValueError: The repository for acme/x contains custom code which must be executed to correctly load the model.",
    ],
    ["architecture-unknown", "AttributeError: 'Qwen3Config' object has no attribute 'rope_theta'"],
    ["architecture-unknown", "ImportError: cannot import name 'Qwen3Config' from 'transformers'"],
    ["killed", "bash: line 1: 12345 Killed                  vllm serve x"],
    ["cuda-out-of-memory", "RuntimeError: Triton Error [CUDA]: out of memory"],
    ["no-gpu", "docker: Error response from daemon: unknown or invalid runtime name: nvidia."],
  ],
  "the network, as Python puts it": [
    [
      "cut-off",
      "requests.exceptions.ConnectionError: ('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
    ],
    [
      "cut-off",
      "httpx.RemoteProtocolError: peer closed connection without sending complete message body (incomplete chunked read)",
    ],
    ["nothing-listens", "ConnectionRefusedError: [Errno 111] Connection refused"],
    ["nothing-listens", "httpx.ConnectError: All connection attempts failed"],
    ["unknown-host", "httpx.ConnectError: [Errno -2] Name or service not known"],
    [
      "tls-untrusted",
      "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed",
    ],
    ["tls-plain-http", "ssl.SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number"],
    ["not-json", "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)"],
    [
      "key-characters",
      "UnicodeEncodeError: 'ascii' codec can't encode character '\\u201c' in position 7: ordinal not in range(128)",
    ],
    ["timeout", "openai.APITimeoutError: Request timed out."],
    ["no-answer", "openai.APIConnectionError: Connection error."],
    ["hub-unreachable", "Error: getaddrinfo ENOTFOUND huggingface.co"],
    [
      "registry-unreachable",
      'Error: pull model manifest: Get "https://registry.ollama.ai/v2/library/x": dial tcp: lookup registry.ollama.ai: no such host',
    ],
    [
      "proxy-upstream",
      "upstream connect error or disconnect/reset before headers. reset reason: connection timeout",
    ],
  ],
};
