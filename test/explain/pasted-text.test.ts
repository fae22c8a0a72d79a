import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { explainError, findKnownError } from "../../lib/src/explain/explain-error.ts";
import { loadKnownErrors } from "../../lib/src/facts/index.ts";
import { recordedErrors } from "../recorded-errors.ts";

const idOf = (text: string) => findKnownError(text)?.error.id ?? null;

describe("a status in pasted words", () => {
  const pasted: [text: string, id: string | null][] = [
    ["404 page not found", "other-path"],
    ["403", "key-status"],
    ["HTTP 404", "other-path"],
    ["429 Too Many Requests", "rate-limit"],
    ["Error code: 429 - {'error': {'message': 'Slow down'}}", "rate-limit-status"],
    ["HTTP/1.1 503 Service Unavailable", "proxy-503"],
    ["< HTTP/2 502\r\n< server: cloudflare", "proxy-502"],
    ["HTTP/1.1 404 Not Found\ncontent-type: text/plain\n\nThe model `x` does not exist.", "model-name"],
    ['INFO:     10.0.0.5:53210 - "POST /v1/chat/completions HTTP/1.1" 400 Bad Request', "bad-parameter"],
    ['10.0.0.5 - - [27/Nov/2026:10:00:00 +0000] "POST /v1/completions HTTP/1.1" 504 157 "-"', "proxy-504"],
    ['[GIN] 2026/08/13 - 10:11:12 | 404 |  1.2ms |  127.0.0.1 | POST     "/api/chat"', "other-path"],
    ["srv  log_server_r: request: POST /v1/chat/completions 127.0.0.1 401", "key-status"],
    ['HTTP Request: POST https://host/v1/chat/completions "HTTP/1.1 413 Payload Too Large"', "too-large"],
    ["httpx.HTTPStatusError: Client error '402 Payment Required' for url 'https://host/v1'", "unpaid-status"],
    ["Request failed with status code 401", "key-status"],
    ["urllib.error.HTTPError: HTTP Error 403: Forbidden", "key-status"],
    ["aiohttp.client_exceptions.ClientResponseError: 504, message='x', url='http://host/v1'", "proxy-504"],
    ["<Response [502]>", "proxy-502"],
    ["LM Studio API error (404): {}", "other-path"],
    ["the server responded with a status of 404 ()", "other-path"],
    ["--> POST /v1/chat/completions 401 2ms", "key-status"],
    ["POST /v1/chat/completions 413 12.3 ms - 150", "too-large"],
    ["curl: (22) The requested URL returned error: 404", "other-path"],
    ['{\n  "error": {\n    "message": "Slow down",\n    "code": 429\n  }\n}', "rate-limit-status"],
    ["401 Client Error: Unauthorized for url: https://huggingface.co/api/models/a/b", "hub-status-refused"],
    ["504 Server Error: Gateway Time-out for url: https://huggingface.co/api/models/a/b", "hub-status-busy"],
    ["Runpod answered POST /pods with HTTP 402 and said: payment required.", "runpod-payment"],
    // None of these is a status of an answer that matters.
    ['INFO:     100.64.0.24:53214 - "GET /favicon.ico HTTP/1.1" 404 Not Found', null],
    ['INFO:     127.0.0.1:45680 - "GET /health HTTP/1.1" 503 Service Unavailable', null],
    ['INFO:     10.0.0.5:53210 - "POST /v1/chat/completions HTTP/1.1" 200 OK', null],
    ["500 requests done in 3 s", null],
    ["throughput: 404 tokens/s", null],
    ["listening on port 503", null],
    ["--> GET /assets/index.js 404 2ms", null],
    ["batch 404 got 500 tokens in status 3", null],
  ];
  for (const [text, id] of pasted) {
    test(`is read: ${text.split("\n")[0]}`, () => assert.equal(idOf(text), id));
  }

  test("is that of the line about the call, also in a log without levels", () => {
    const access = "srv  log_server_r: request: POST /v1/chat/completions 127.0.0.1 400";
    const log = [
      "main: server is listening on http://127.0.0.1:8080",
      access,
      "srv  update_slots: all slots are idle",
    ];
    assert.equal(explainError(log.join("\n")).evidence, access);
    const unknown = [...log, "GGML_ASSERT failed: Exception: the flux is out of phase"];
    assert.equal(idOf(unknown.join("\n")), null);
  });

  test("is that of its own line where the text is a log", () => {
    const log = [
      'INFO:     10.0.0.5:53210 - "POST /v1/chat/completions HTTP/1.1" 400 Bad Request',
      "(EngineCore pid=9) ERROR [core.py:1] torch.AcceleratorError: CUDA error: uncorrectable ECC error encountered",
    ];
    assert.equal(idOf(log.join("\n")), "gpu-fault");
    assert.equal(idOf(log.toReversed().join("\n")), "gpu-fault");
  });
});

describe("a whole log", () => {
  const engine = "(APIServer pid=1) RuntimeError: Engine core initialization failed. See root cause above.";
  const warnings = [
    "(Worker_TP0 pid=200) WARNING [custom_all_reduce.py:154] Custom allreduce is disabled because it's not supported on more than two PCIe-only GPUs.",
    "(APIServer pid=1) WARNING [utils.py:1] With `vllm serve`, you should provide the model as a positional argument or in a config file instead of via the `--model` option.",
    "INFO [shm_broadcast.py:681] No available shared memory broadcast block found in 60 seconds.",
    "WARNING [worker.py:1] CUDA out of memory while profiling; trying a smaller batch",
    'INFO:     10.0.0.5:53210 - "POST /v1/chat/completions HTTP/1.1" 401 Unauthorized',
  ];

  test("is explained by the line that ended it, and not by a warning, an access or a retry before it", () => {
    const fatal =
      "(EngineCore pid=9) ERROR [core.py:1] ValueError: No valid attention backend found for cuda.";
    const log = [...warnings, fatal, engine].join("\n");
    assert.equal(explainError(log).evidence, fatal);
    assert.equal(idOf([...warnings, engine].join("\n")), "engine-start");
    assert.equal(idOf([engine, ...warnings].join("\n")), "engine-start");
  });

  test("whose end is not known is not explained by its warnings, but by showing its end", () => {
    const fatal = "(EngineCore pid=9) ERROR [core.py:1] FrobnicationError: the flux is out of phase";
    const { cause, evidence } = explainError([...warnings, fatal].join("\n"));
    assert.equal(cause, "The workbook does not know this error.");
    assert.equal(evidence, fatal);
    const note = "Custom allreduce is disabled because your platform lacks GPU P2P capability.";
    assert.equal(explainError([note, fatal].join("\n")).evidence, fatal);
  });

  test("of warnings alone is explained by them", () => {
    assert.equal(idOf(warnings.slice(0, 1).join("\n")), "allreduce-warning");
  });
});

describe("a word that other places use too", () => {
  const words: [text: string, not: string][] = [
    ["1:20 - Cannot find module './helper.ts' or its corresponding type declarations.", "missing-package"],
    ["1:20 - Cannot find module '../lib/x.ts' or its corresponding type declarations.", "missing-package"],
    ["Error: Cannot find module '/home/me/x.js' imported from /home/me/y.js", "no-module"],
    [
      "requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='huggingface.co', port=443): Read timed out.",
      "timeout",
    ],
    ["TimeoutError: RPC call to sample_tokens timed out.", "timeout"],
    ["Watchdog caught collective operation timeout: WorkNCCL(SeqNum=5) timed out", "timeout"],
    ["error: timed out waiting for llama runner to start", "timeout"],
    ["OSError: [Errno 28] No space left on device: '/dev/shm/psm_1'", "disk-full"],
    ["out of resource: shared memory, Required: 106496, Hardware limit: 101376", "shared-memory"],
    ["429 You exceeded your current quota, monthly quota exceeded", "disk-full"],
    ["Aborted (core dumped)", "aborted"],
    ["Error code: 402 - {'error': {'message': 'Insufficient Balance'}}", "runpod-balance"],
    ["Value error, max_num_batched_tokens (8) is smaller than max_model_len (16).", "context"],
    ["RuntimeError: Could not find kernel for op aten::mm", "no-kernel"],
  ];
  for (const [text, not] of words) {
    test(`does not decide alone: ${text}`, () => assert.notEqual(idOf(text), not));
  }
});

describe("what a text names", () => {
  test("stands in cause and remedy, and a gap without it is never shown", () => {
    const { cause, remedy } = explainError(
      "vllm: error: argument --limit-mm-per-prompt: expected one argument",
    );
    assert.equal(cause, "The flag --limit-mm-per-prompt has a value that it does not take.");
    assert.match(remedy, /^Correct --limit-mm-per-prompt in/);
  });

  test("leaves no name in braces, also where the text has braces or breaks off", () => {
    const said = [
      ...loadKnownErrors().map(({ says }) => says),
      ...recordedErrors.flatMap(([, thrown]) => (typeof thrown === "string" ? [thrown] : [])),
    ];
    const texts = said.flatMap((text) => [
      text.replaceAll(/\w+/g, "{$&}"),
      text.replaceAll(/--[\w-]+/g, "{{flag}}"),
      ...Array.from({ length: 8 }, (_, part) => text.slice(0, Math.ceil((text.length * (part + 1)) / 8))),
      ...Array.from({ length: 4 }, (_, part) => text.slice(Math.floor((text.length * part) / 4))),
    ]);
    texts.push("vllm: error: unrecognized arguments: {rental} {{flag}} {name}");
    for (const text of texts) {
      const { cause, remedy } = explainError(text);
      assert.doesNotMatch(`${cause} ${remedy}`, /\{\w+\}/, text);
    }
  });
});

describe("a name in a cell that no cell could define", () => {
  for (const [name, id] of [
    ["prompt", "page-window"],
    ["div", "jsx"],
    ["document", "page-name"],
    ["print", "python-name"],
    ["None", "python-name"],
  ] as const) {
    test(`is not asked of the cells above: ${name}`, () => {
      const { remedy } = explainError(`1:14 - Cannot find name '${name}'.`);
      assert.equal(idOf(`1:14 - Cannot find name '${name}'.`), id);
      assert.doesNotMatch(remedy, /define|[Rr]un (?:the|All)/);
    });
  }
});

describe("a log of a server that runs well", () => {
  const calm = [
    'INFO:     172.18.0.5:43002 - "GET /health HTTP/1.1" 200 OK',
    "main: server is listening on http://127.0.0.1:8080\nsrv  log_server_r: request: POST /v1/chat/completions 127.0.0.1 200",
    '[2026-07-16 05:13:35] The server is fired up and ready to roll!\n[2026-07-16 05:13:36] INFO:     127.0.0.1:55112 - "POST /generate HTTP/1.1" 200 OK',
  ];
  for (const text of calm) {
    test(`is called no error: ${text.slice(0, 30)}`, () => {
      assert.equal(explainError(text).cause, "Nothing in these lines says that something failed.");
    });
  }

  test("is none where a line tells of a fault that is not known, or where it is no log", () => {
    const unknown = "The workbook does not know this error.";
    for (const line of ["the flux went out of phase: assertion 3", "the flux is broken: exited with 3"]) {
      assert.equal(explainError(`${calm[0]}\n${line}`).cause, unknown);
    }
    assert.equal(explainError("the flux is out of phase").cause, unknown);
  });
});
