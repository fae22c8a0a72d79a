import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { explainError, findKnownError } from "../lib/src/explain/explain-error.ts";
import { type KnownError, loadKnownErrors } from "../lib/src/facts/index.ts";
import { diagnoseLog } from "../lib/src/runpod/rental/follow-log.ts";
import { harmlessLines } from "./harmless-lines.ts";
import { recordedErrors } from "./recorded-errors.ts";
import { saidElsewhere } from "./said-elsewhere.ts";

const knownErrors = loadKnownErrors();

/** A row's own example as it is met: an answer of whoever gives such, or else a text. */
function exampleOf({ place, says, statuses }: KnownError): unknown {
  const [first] = statuses;
  if (first === undefined) return says;
  const hosts: Partial<Record<KnownError["place"], string>> = {
    account: "https://api.runpod.io/v2/pods",
    access: "https://huggingface.co/api/models",
  };
  // No row names these two statuses but by their hundreds.
  return { status: Number(first.replace("xx", "18")), body: says, url: hosts[place] };
}

describe("an error that was recorded", () => {
  test("is one of more than 100", () => {
    assert.ok(recordedErrors.length > 100, String(recordedErrors.length));
  });

  for (const [id, thrown, remedy] of recordedErrors) {
    const words = typeof thrown === "string" ? thrown : inspect(thrown, { compact: true, depth: 3 });
    test(`is ${id}: ${words.split("\n    at ")[0]?.slice(0, 120)}`, () => {
      const found = findKnownError(thrown);
      assert.equal(found?.error.id, id);
      const diagnosis = explainError(thrown);
      assert.equal(diagnosis.cause, found.cause);
      assert.match(diagnosis.remedy, remedy);
      assert.doesNotMatch(diagnosis.remedy, /\{\w+\}/);
    });
  }
});

describe("what is said elsewhere", () => {
  for (const [where, list] of Object.entries(saidElsewhere)) {
    test(`is known: ${where}`, () => {
      for (const [id, said, status] of list) {
        const body = { error: { message: said } };
        assert.equal(findKnownError(status === undefined ? said : { status, body })?.error.id, id, said);
        // Pasted, as the Python package prints it.
        if (status === undefined || status < 400) continue;
        assert.equal(
          findKnownError(`openai.APIStatusError: Error code: ${status} - ${JSON.stringify(body)}`)?.error.id,
          id,
          said,
        );
      }
    });
  }
});

describe("the table of known errors", () => {
  test("is read whole, with ids of their own", () => {
    const problems: string[] = [];
    const rows = loadKnownErrors({ onProblem: (problem) => problems.push(problem) });
    assert.deepEqual(problems, []);
    assert.ok(rows.length > 150, String(rows.length));
    assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
  });

  for (const error of knownErrors) {
    test(`finds ${error.id} by its own example, and none before it`, () => {
      const found = findKnownError(exampleOf(error));
      assert.equal(found?.error.id, error.id);
      assert.doesNotMatch(found.remedy, /\{\w+\}/);
    });
  }

  test("has remedies that name a setting, a call, a command or a page, but where there is nothing of the kind", () => {
    const exact = [
      /--[a-z]+/,
      /\b[A-Z]{2,}_[A-Z_]+\b|\bMODEL\b/,
      /\w+\([^)]*\)/,
      /https?:\/\//,
      /`[^`]+`|npm run/,
      /\b(?:gpus|gpuCount|image|maxModelTokens|containerDiskGb|minCudaVersion|extraArguments|networkVolume)\b/,
      /\b(?:messages|max_tokens|stream|apiKey|timeout|await)\b|User-Agent|plan's model/,
      /Kernel → Restart|Run → Run/,
    ];
    const vague = knownErrors.filter(({ remedy }) => !exact.some((pattern) => pattern.test(remedy)));
    // The error itself names what to change, or it is for others or for time to change it.
    const listed = new Set([
      "runpod-body-invalid",
      "runpod-invalid-request",
      "field-type",
      "bad-parameter",
      "server-error",
      "nothing-listens",
      "tls-expired",
      "cut-off",
      "aborted",
      "stopped",
    ]);
    const isListed = ({ id }: KnownError) => listed.has(id);
    const name = ({ id, remedy }: KnownError) => `${id}: ${remedy}`;
    assert.deepEqual(
      vague.filter((error) => !isListed(error)).map(name),
      [],
      `Name in the remedy what to set, call, run or read, in a form that this test knows, or list the row here: ${vague
        .filter((error) => !isListed(error))
        .map(({ id }) => id)
        .join(", ")}`,
    );
    assert.equal(
      vague.filter(isListed).length,
      listed.size,
      "A listed row has gone, or is exact now: take it out.",
    );
  });

  test("says everything in whole sentences", () => {
    for (const { id, cause, remedy } of knownErrors) {
      assert.match(cause, /^(?:[A-Z]|vLLM).*\.$/, id);
      assert.match(remedy, /^(?:[A-Z]|listPods\(\)).*\.$/, id);
    }
  });

  test("has patterns that take no more than a fixed number of steps for each character", () => {
    for (const { id, pattern } of knownErrors) {
      // Only single digits, word characters, blanks and small sets repeat without a bound, and never within a repeat.
      const bounded = (pattern?.source ?? "").replace(/(?:\\[dws]|\[(?:\\w[$-]|\\d\.)\])[+*]/g, "");
      assert.doesNotMatch(bounded.replace(/\\[+*]/g, ""), /[+*]/, id);
    }
  });

  test("is through with a long log of near misses, and finds the one line that matters", () => {
    const nearMisses = knownErrors.map(({ says }) => says.slice(0, Math.floor(says.length / 3)));
    const line =
      "(EngineCore pid=141) INFO 11-23 14:02:11 [core.py:402] model image weight data center template in use";
    const lines = Array.from({ length: 1_500 }, (_, index) => `${line} ${nearMisses[index % 3]} ${index}`);
    assert.equal(findKnownError(lines.join("\n")), null);
    const log = [...lines.slice(0, 700), "RuntimeError: No CUDA GPUs are available", ...lines.slice(700)];
    assert.equal(explainError(log.join("\n")).evidence, "RuntimeError: No CUDA GPUs are available");
    assert.equal(findKnownError("model ".repeat(30_000)), null);
  });

  test("leaves other words alone", () => {
    for (const words of [
      "",
      "hello",
      "INFO: Application startup complete.",
      "TypeError: x is not a function",
    ]) {
      assert.equal(findKnownError(words), null, words);
    }
  });
});

describe("what is written while nothing is wrong", () => {
  for (const [writer, lines] of Object.entries(harmlessLines)) {
    test(`is no error: ${writer}`, () => {
      const wrong = lines.flatMap((line) => {
        const found = findKnownError(line);
        return found === null ? [] : [`${found.error.id}: ${line}`];
      });
      assert.deepEqual(wrong, []);
      assert.equal(findKnownError(lines.join("\n")), null);
      assert.equal(diagnose(lines), null);
    });
  }
});

function diagnose(lines: readonly string[]) {
  return diagnoseLog(lines.map((text) => ({ id: null, at: null, source: "container", text })));
}

describe("a pod's log", () => {
  test("is diagnosed by the same table: what ends a start ends it, and a warning does not", () => {
    const inLog = knownErrors.filter(({ place }) => place === "start" || place === "log");
    for (const { id, says, failedStart } of inLog) {
      const diagnosis = diagnoseLog([{ id: null, at: null, source: "container", text: says }]);
      assert.equal(diagnosis?.problem ?? null, failedStart, id);
      if (diagnosis !== null) assert.equal(diagnosis.cause, explainError(says).cause);
    }
  });

  test("is no reason to give up where vLLM tries again, or goes on without", () => {
    const lines = [
      "ERROR 11-23 14:02:11 [repo_utils.py:47] Error retrieving safetensors: 404 Client Error. Entry Not Found for url: https://huggingface.co/acme/model/resolve/main/model.safetensors.index.json., retrying 1 of 2",
      "RuntimeError: Data processing error: CAS service error : Reqwest Error: HTTP status server error",
      "WARNING 11-23 14:02:12 [custom_all_reduce.py:144] Custom allreduce is disabled because your platform lacks GPU P2P capability.",
      "still fetching image vllm/vllm-openai:v0.33.0",
      "INFO 11-23 14:02:13 [core.py:402] init engine (profile, create kv cache, warmup model) took 41.37 s",
    ].map((text) => ({ id: null, at: null, source: "container", text }));
    assert.equal(diagnoseLog(lines), null);
  });

  test("is no reason to give up where a warning says what an error would say", () => {
    const words = "CUDA out of memory. Tried to allocate 448.00 MiB.";
    assert.equal(diagnose([`(Worker pid=9) WARNING 11-23 14:02:11 [x.py:1] ${words} Trying less.`]), null);
    assert.equal(diagnose([`level=WARN msg="${words}"`, `ERROR ${words}, retrying 1 of 2`]), null);
    assert.equal(
      diagnose([`(Worker pid=9) ERROR 11-23 14:02:11 [x.py:1] ${words}`])?.problem,
      "out-of-memory",
    );
  });

  test("names the cause and not what follows from it", () => {
    const log = [
      "(EngineCore pid=141) ERROR [core.py:866] torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 448.00 MiB.",
      "RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}",
    ];
    const lines = log.map((text) => ({ id: null, at: null, source: "container", text }));
    assert.equal(diagnoseLog(lines)?.problem, "out-of-memory");
    assert.match(explainError(log.join("\n")).cause, /memory does not hold the model/);
  });
});
