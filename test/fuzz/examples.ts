import { join } from "node:path";

// What a reader expects, in short: texts that the test then spoils.

const stem = "workbook-0123456789-abcdef";
const creator = { pid: 17, startedAt: "then", host: "here" };
const at = (minute: number) => `2026-11-24T08:${String(minute).padStart(2, "0")}:00.000Z`;
const journal = [
  {
    ...{ kind: "intent", at: at(0), stem, deadlineAt: "2026-11-24T09:00:00.000Z", model: "org/model" },
    ...{ gpuCount: 1, creator, maxUsdPerHour: 0.6, idleMinutes: null, keyFingerprint: "a:b" },
  },
  {
    ...{ kind: "created", at: at(1), stem, podId: "pod1", gpuTypeId: "NVIDIA A40" },
    ...{ usdPerHour: 0.44, hasStartScript: true },
  },
  { kind: "waiting", at: at(2), stem, waiter: creator },
  {
    kind: "ready",
    at: at(3),
    stem,
    coldStart: { pullSeconds: 30, downloadSeconds: 20, loadSeconds: 4, compileSeconds: 9, totalSeconds: 80 },
  },
  { kind: "extended", at: at(4), stem, deadlineAt: "2026-11-24T10:00:00.000Z" },
  { kind: "watched", at: at(5), stem, watchdog: creator },
  {
    ...{ kind: "endpoint-intent", at: at(6), stem: `${stem}-e`, deadlineAt: "2026-11-24T09:00:00.000Z" },
    ...{ model: "org/model", maxUsdPerHour: 1.2, creator, keyFingerprint: "a:b" },
  },
  { kind: "endpoint-created", at: at(7), stem: `${stem}-e`, endpointId: "end1" },
  { kind: "ended", at: at(8), stem, usd: 0.2 },
  { kind: "secret", at: at(9), name: "WORKBOOK_KEY", salt: "00", fingerprint: "11" },
];

const rows = [0, 1, 2, 3].map((index) => ({
  timestamp: `2026-05-2${index + 1}T10:00:0${index}Z`,
  input_tokens: 100 * index + 7,
  output_tokens: 20 + index,
  hash_ids: [index, index + 1],
}));

const config = {
  ...{
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    num_hidden_layers: 32,
    num_attention_heads: 32,
  },
  ...{ num_key_value_heads: 8, hidden_size: 4_096, head_dim: 128, max_position_embeddings: 131_072 },
  ...{ sliding_window: 4_096, layer_types: ["full_attention", "sliding_attention"], torch_dtype: "bfloat16" },
  quantization_config: { quant_method: "fp8", bits: 8, group_size: 128, weight_block_size: [128, 128] },
};

export const examples = {
  problems: [
    '{"error":"the request failed","code":"INVALID","details":[{"field":"gpuTypeIds","message":"unknown"}]}',
    '{"type":"about:blank","title":"Conflict","status":409,"detail":"There are no longer any instances available."}',
    '{"errors":[{"message":"Unauthorized","extensions":{"code":"UNAUTHENTICATED"}}],"data":null}',
    "<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1>cloudflare</body></html>",
    '{"detail":[{"loc":["body","ports",0],"msg":"value is not a valid port","type":"value_error"}]}',
  ],
  counters: [
    "# HELP vllm:generation_tokens_total Number of generation tokens processed.",
    "# TYPE vllm:generation_tokens_total counter",
    'vllm:generation_tokens_total{engine="0",model_name="small"} 1280.0 1795430913735',
    'vllm:prompt_tokens_total{engine="0",model_name="sm\\"all\\n"} 2560.0',
    'vllm:request_success_total{engine="0",finished_reason="stop",model_name="small"} 3.0',
    'vllm:num_requests_running{engine="0",model_name="small"} 2.0',
    'vllm:request_queue_time_seconds_bucket{engine="0",le="+Inf",model_name="small"} 10.0',
    'vllm:request_queue_time_seconds_sum{engine="0",model_name="small"} 5e-1',
    'vllm:cache_config_info{block_size="32",enable_prefix_caching="True",engine="0"} 1.0',
    "# EOF",
  ].join("\n"),
  priceLists: [
    '{"gpt":{"litellm_provider":"azure","input_cost_per_token":7e-7,"output_cost_per_token":"9e-7"},"sample_spec":{}}',
    '{"deepinfra":{"id":"deepinfra","models":{"a/b":{"id":"a/b","cost":{"input":0.4,"output":0.4,"cache_read":0.1}}}}}',
    '{"data":[{"id":"a/b","pricing":{"prompt":"0.0000004","completion":"0.0000004","input_cache_read":null}}]}',
    '{"gpus":[{"id":"NVIDIA A40","price":{"secure":0.44,"community":0.35}}]}',
  ],
  traces: [
    [
      "timestamp,input_tokens,output_tokens",
      ...rows.map((row) => `${row.timestamp},${row.input_tokens},${row.output_tokens}`),
    ].join("\n"),
    rows.map((row) => JSON.stringify(row)).join("\n"),
    JSON.stringify(rows, null, 1),
    JSON.stringify({ data: rows.map(({ timestamp, ...usage }) => ({ start_time: timestamp, usage })) }),
  ],
  journal: journal.map((entry) => `${JSON.stringify(entry)}\n`).join(""),
  settings: [
    ...[
      "WORKBOOK_TARGET=runpod",
      "RUNPOD_API_KEY=rpa_canary0000000000",
      "HF_TOKEN='hf_canary'",
      "MODEL=a/b # note",
    ],
    ...[
      "WORKBOOK_MAX_USD_PER_HOUR=2",
      "WORKBOOK_MAX_USD=10",
      "OPENAI_BASE_URL=http://127.0.0.1:8000/v1",
      "WORKBOOK_SCALE_OUT=yes",
    ],
    ...[
      'OPENAI_API_KEY="sk-canary"',
      "RUNPOD_PROXY_URL=https://{podId}-{port}.example.com",
      "export HF_ENDPOINT=https://huggingface.co",
    ],
  ].join("\n"),
  configs: [
    JSON.stringify(config, null, 1),
    JSON.stringify({
      ...config,
      model_type: "deepseek_v3",
      kv_lora_rank: 512,
      qk_rope_head_dim: 64,
      n_routed_experts: 256,
      num_experts_per_tok: 8,
      moe_intermediate_size: 2_048,
    }),
    JSON.stringify({
      text_config: { ...config, model_type: "gemma3_text", sliding_window_pattern: 6 },
      vision_config: {},
    }),
    JSON.stringify({
      ...config,
      model_type: "qwen3_next",
      full_attention_interval: 4,
      linear_num_value_heads: 32,
      linear_key_head_dim: 128,
      linear_value_head_dim: 128,
      linear_num_key_heads: 16,
      linear_conv_kernel_dim: 4,
    }),
    JSON.stringify({
      ...config,
      model_type: "mamba2",
      state_size: 128,
      expand: 2,
      conv_kernel: 4,
      num_heads: 64,
      n_groups: 8,
    }),
  ],
  dataFolder: join(import.meta.dirname, "../../lib/data"),
};
