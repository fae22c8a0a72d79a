import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";
import {
  type ChatRequest,
  type ChatResult,
  ChatStreamError,
  connectEndpoint,
  type Endpoint,
  foldSystemPrompt,
  printChat,
} from "../../lib/src/endpoint/index.ts";
import { explainError } from "../../lib/src/explain/explain-error.ts";
import type { FaultInput } from "../../rehearsal/src/faults/chat-faults.ts";
import { createFaultChooser } from "../../rehearsal/src/faults/chat-faults.ts";
import { startModelServer } from "../../rehearsal/src/index.ts";
import { openTimedServer, readMetric, withFault } from "../helpers/timed-server.ts";

const request: ChatRequest = {
  messages: [{ role: "user", content: "Hello" }],
  max_tokens: 20,
  ignore_eos: true,
  seed: 7,
};

/** What a user of a notebook has before them after a chat: the printed text, and the result or the error. */
interface Seen {
  printed: string;
  result: ChatResult | null;
  error: unknown;
  /** What the cell shows of an error of the workbook, one paragraph. */
  paragraph: string;
}

async function chat(
  endpoint: Endpoint,
  options: { request?: ChatRequest; fault?: FaultInput; signal?: AbortSignal } = {},
): Promise<Seen> {
  const seen: Seen = { printed: "", result: null, error: null, paragraph: "" };
  const write = (text: string) => {
    seen.printed += text;
  };
  const { fault, signal } = options;
  const how = { ...(fault && { headers: withFault(fault) }), ...(signal && { signal }), write };
  try {
    seen.result = await printChat(endpoint, options.request ?? request, how);
  } catch (error) {
    seen.error = error;
    seen.paragraph = inspect(error);
  }
  return seen;
}

/** The text of the answer as it is without any fault, for as many tokens. */
async function textOf(endpoint: Endpoint, maxTokens: number): Promise<string> {
  const { result } = await chat(endpoint, { request: { ...request, max_tokens: maxTokens } });
  assert.ok(result);
  return result.text;
}

describe("what a user sees of a fault: an HTTP status", () => {
  const statuses: [status: number, cause: string, remedy: string][] = [
    [
      400,
      "The server understood the request and refused one of its parameters.",
      "The error names the parameter and what it takes: change it and send the request again.",
    ],
    [
      401,
      "The server wants another key.",
      "Give the key that the server was started with, as apiKey or OPENAI_API_KEY; a server without one takes EMPTY.",
    ],
    [
      429,
      "The server takes no more requests at the moment: a rate limit, a spent quota, or too many others.",
      "Wait as long as the answer's retry-after header says, then send fewer requests at a time, or fewer tokens in messages and max_tokens.",
    ],
    [
      500,
      "The server failed while it worked on the request.",
      "Look at its log for the first error; out of memory is the usual one. Then try again with a shorter request.",
    ],
    [
      503,
      "A proxy answered, but the server behind it did not: it is still starting, too slow, or gone.",
      "Look at the server's log; a large model can take ten minutes until it is up. For long answers stream, or lower max_tokens.",
    ],
  ];
  for (const [status, cause, remedy] of statuses) {
    test(`${status} is explained, with the server's words`, async (t) => {
      const { endpoint } = await openTimedServer(t);
      const { printed, error } = await chat(endpoint, { fault: { kind: "status", status } });
      assert.equal(printed, "");
      assert.deepEqual(
        { ...explainError(error) },
        {
          cause,
          remedy,
          evidence: `${status} A fault of the rehearsal: HTTP ${status}.`,
        },
      );
    });
  }

  test("carries words of its own where it is given some", async (t) => {
    const { endpoint } = await openTimedServer(t);
    const fault = { kind: "status", status: 500, message: "CUDA out of memory" } as const;
    assert.equal(explainError((await chat(endpoint, { fault })).error).evidence, "500 CUDA out of memory");
  });
});

describe("what a user sees of a fault: a slow first byte", () => {
  test("is a late first token, and the whole answer", async (t) => {
    const { endpoint } = await openTimedServer(t);
    const { printed, result } = await chat(endpoint, { fault: { kind: "slow-first-byte", delayMs: 300 } });
    assert.equal(printed, `${await textOf(endpoint, 20)}\n`);
    assert.ok((result?.timeToFirstTokenMs ?? 0) >= 299, `${result?.timeToFirstTokenMs} ms`);
  });

  test("can be interrupted, and the server does not even begin", async (t) => {
    const { server, endpoint } = await openTimedServer(t);
    const { printed, paragraph } = await chat(endpoint, {
      fault: { kind: "slow-first-byte", delayMs: 60_000 },
      signal: AbortSignal.timeout(100),
    });
    assert.equal(printed, "");
    assert.equal(
      paragraph,
      `ChatStreamError: The answer from ${endpoint.baseUrl} was interrupted after 0 characters. The connection is closed, so the server stops generating; run the call again for a whole answer.`,
    );
    assert.equal(await readMetric(server, "generation_tokens_total"), 0);
  });

  test("does not make the server answer a client that has gone", async (t) => {
    const { server, endpoint } = await openTimedServer(t);
    await chat(endpoint, {
      fault: { kind: "slow-first-byte", delayMs: 200 },
      signal: AbortSignal.timeout(50),
    });
    await delay(400);
    assert.equal(await readMetric(server, "generation_tokens_total"), 0);
  });
});

describe("what a user sees of a fault: a stream that breaks off after 5 tokens", () => {
  test("stall: the text so far, and nothing more until the interrupt", async (t) => {
    const { server, endpoint } = await openTimedServer(t);
    const controller = new AbortController();
    const chatting = chat(endpoint, { fault: { kind: "stall" }, signal: controller.signal });
    while ((await readMetric(server, "generation_tokens_total")) < 6) await delay(5);
    await delay(100);
    controller.abort();
    const { printed, error, paragraph } = await chatting;
    const text = await textOf(endpoint, 5);
    assert.equal(printed, `${text}\n`);
    assert.ok(error instanceof ChatStreamError);
    assert.equal(error.text, text);
    assert.match(
      paragraph,
      new RegExp(`^ChatStreamError: The answer from \\S+ was interrupted after ${text.length} characters\\.`),
    );
    assert.equal(await readMetric(server, "num_requests_running"), 0);
  });

  test("truncated: the text so far, and that it was cut off", async (t) => {
    const { endpoint } = await openTimedServer(t);
    const { printed, error, paragraph } = await chat(endpoint, { fault: { kind: "truncated" } });
    const text = await textOf(endpoint, 5);
    assert.equal(printed, `${text}\n`);
    assert.ok(error instanceof ChatStreamError);
    assert.equal(error.text, text);
    assert.equal(
      paragraph,
      `ChatStreamError: The stream was cut off after ${text.length} characters of the answer from ${endpoint.baseUrl} (it ended without [DONE] and a finish reason). The server, the proxy or the network closed it early; the text that had arrived is in the error. Try again, with a smaller max_tokens if it happens at the same place.`,
    );
  });

  test("reset: the text so far, and that it was cut off", async (t) => {
    const { endpoint } = await openTimedServer(t);
    const { printed, error, paragraph } = await chat(endpoint, { fault: { kind: "reset" } });
    assert.ok(error instanceof ChatStreamError);
    // What the network had not delivered when the connection broke is lost.
    assert.ok((await textOf(endpoint, 5)).startsWith(error.text));
    assert.equal(printed, error.text === "" ? "" : `${error.text}\n`);
    assert.match(
      paragraph,
      /^ChatStreamError: The stream was cut off after \d+ characters of the answer from \S+ \(terminated\)\./,
    );
  });

  test("reset before the first token: that the connection was cut", async (t) => {
    const { endpoint } = await openTimedServer(t);
    const { printed, error } = await chat(endpoint, { fault: { kind: "reset", afterTokens: 0 } });
    assert.equal(printed, "");
    assert.equal(explainError(error).cause, "The connection was cut while the answer was on its way.");
  });

  test("error-in-stream: the text so far, and the server's words", async (t) => {
    const { endpoint } = await openTimedServer(t);
    const { printed, error, paragraph } = await chat(endpoint, { fault: { kind: "error-in-stream" } });
    const text = await textOf(endpoint, 5);
    assert.equal(printed, `${text}\n`);
    assert.ok(error instanceof ChatStreamError);
    assert.equal(
      paragraph,
      `ChatStreamError: The server reported an error after ${text.length} characters of the answer from ${endpoint.baseUrl}: EngineCore encountered an issue. See stack trace (above) for the root cause. Look at the server's log; the text that had arrived is in the error.`,
    );
  });

  test("its diagnosis says the same again", async (t) => {
    const { endpoint } = await openTimedServer(t);
    const { error } = await chat(endpoint, { fault: { kind: "truncated", afterTokens: 0 } });
    assert.deepEqual(
      { ...explainError(error) },
      {
        cause: `The stream was cut off after 0 characters of the answer from ${endpoint.baseUrl} (it ended without [DONE] and a finish reason).`,
        remedy:
          "The server, the proxy or the network closed it early; the text that had arrived is in the error. Try again, with a smaller max_tokens if it happens at the same place.",
        evidence: "",
      },
    );
  });
});

describe("what a user sees of a fault: an answer that is whole but odd", () => {
  test("missing-usage: the answer, and no figure that would need a token count", async (t) => {
    const { endpoint } = await openTimedServer(t);
    const { printed, result } = await chat(endpoint, { fault: { kind: "missing-usage" } });
    assert.equal(printed, `${await textOf(endpoint, 20)}\n`);
    assert.equal(result?.usage, null);
    assert.equal(result.outputTokensPerSecond, null);
    assert.match(inspect(result), /^\[tokens unknown, first text after \d+ ms, finish reason length\]$/);
  });

  test("chunked-tokens: the same answer in fewer pieces, with the same counts", async (t) => {
    const { endpoint } = await openTimedServer(t);
    const fault = { kind: "chunked-tokens", tokensPerChunk: 7 } as const;
    const { printed, result } = await chat(endpoint, { fault });
    assert.equal(printed, `${await textOf(endpoint, 20)}\n`);
    assert.equal(result?.usage?.completion_tokens, 20);
    assert.equal(result.isRateApproximate, false);
  });

  test("no-system-role: an answer to the folded prompt all the same, and a word about it", async (t) => {
    const { endpoint } = await openTimedServer(t);
    const messages: ChatRequest["messages"] = [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hello" },
    ];
    const fault = { kind: "no-system-role" } as const;
    const { printed, result } = await chat(endpoint, { fault, request: { ...request, messages } });
    const folded = await chat(endpoint, {
      fault,
      request: { ...request, messages: foldSystemPrompt(messages) },
    });
    assert.equal(
      printed,
      `[This model's chat template has no system role: the system prompt was put in front of the first user message.]\n${folded.printed}`,
    );
    assert.equal(result?.text, folded.result?.text);
  });

  test("no-system-role: why, and what to do, for whoever uses the plain client", async (t) => {
    const { endpoint } = await openTimedServer(t);
    const messages = [{ role: "system" as const, content: "Be brief." }];
    const words = {
      "mistral-0.1": "400 Conversation roles must alternate user/assistant/user/assistant/...",
      "gemma-2": "400 System role not supported",
      "ministral-3": "400 Only user, assistant and tool roles are supported, got system.",
    } as const;
    for (const template of ["mistral-0.1", "gemma-2", "ministral-3"] as const) {
      const headers = withFault({ kind: "no-system-role", template });
      const error = await endpoint.client.chat.completions
        .create({ model: "small", messages }, { headers })
        .catch((failure: unknown) => failure);
      assert.ok(error instanceof Error);
      assert.equal(error.message, words[template]);
    }
  });

  test("no-chat-template: why, and both ways out", async (t) => {
    const { endpoint } = await openTimedServer(t);
    const { printed, error } = await chat(endpoint, { fault: { kind: "no-chat-template" } });
    assert.equal(printed, "");
    const { cause, remedy } = explainError(error);
    assert.equal(cause, "small has no chat template, so it cannot chat.");
    assert.match(remedy, /instruction-tuned version.*--chat-template FILE/);
  });
});

describe("faults by rate", () => {
  /** Which of so many requests are hit. */
  const hits = (rate: number, seed: number, requests: number): boolean[] => {
    const choose = createFaultChooser({ faults: [{ kind: "status", status: 503, rate }], seed });
    return Array.from({ length: requests }, () => choose(undefined).length > 0);
  };

  test("hit their share of requests, the same ones for the same seed", () => {
    const share = hits(0.3, 1, 2_000).filter(Boolean).length / 2_000;
    assert.ok(Math.abs(share - 0.3) < 0.05, `${share}`);
    assert.deepEqual(hits(0.3, 5, 100), hits(0.3, 5, 100));
    assert.notDeepEqual(hits(0.3, 5, 100), hits(0.3, 6, 100));
    assert.ok(hits(1, 1, 50).every(Boolean));
    assert.ok(!hits(0, 1, 50).some(Boolean));
  });

  /** A server whose chats go wrong by themselves. */
  async function openFaultyServer(t: TestContext, faults: FaultInput[], seed: number): Promise<Endpoint> {
    const server = await startModelServer({
      engine: "timed",
      faults,
      seed,
      profile: { timeToFirstTokenMs: 1, timePerOutputTokenMs: 1 },
    });
    t.after(() => server.close());
    return connectEndpoint({ baseUrl: server.baseUrl, apiKey: server.apiKey });
  }

  test("of a server hit chats only, and the user sees some of them fail", async (t) => {
    const endpoint = await openFaultyServer(t, [{ kind: "truncated", afterTokens: 1, rate: 0.4 }], 3);
    const outcomes: boolean[] = [];
    for (let index = 0; index < 20; index++) {
      const { error } = await chat(endpoint, { request: { ...request, max_tokens: 3 } });
      assert.ok(error === null || (error instanceof ChatStreamError && error.problem === "cut-off"));
      outcomes.push(error !== null);
    }
    assert.deepEqual(outcomes, hits(0.4, 3, 20));
    assert.ok(outcomes.includes(true) && outcomes.includes(false));
  });

  test("come on top of those that a request asks for itself", async (t) => {
    const endpoint = await openFaultyServer(t, [{ kind: "missing-usage" }], 0);
    const { error } = await chat(endpoint, { fault: { kind: "status", status: 418 } });
    assert.match(String(error), /418/);
    assert.equal((await chat(endpoint)).result?.usage, null);
  });
});

describe("a header that asks for no known fault", () => {
  for (const header of ["{", '"stall"', '{"kind":"earthquake"}', '{"kind":"status","status":200}']) {
    test(`is refused by name: ${header}`, async (t) => {
      const { endpoint } = await openTimedServer(t);
      const failing = printChat(endpoint, request, {
        headers: { "x-rehearsal-fault": header },
        write: () => {},
      });
      await assert.rejects(
        failing,
        /400 The header x-rehearsal-fault asks for no fault that the rehearsal knows: /,
      );
    });
  }

  test("may be a list of faults", async (t) => {
    const { endpoint } = await openTimedServer(t);
    const faults = [{ kind: "missing-usage" }, { kind: "chunked-tokens" }];
    const result = await printChat(endpoint, request, {
      headers: { "x-rehearsal-fault": JSON.stringify(faults) },
      write: () => {},
    });
    assert.equal(result.usage, null);
  });
});
