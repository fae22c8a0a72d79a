import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { inspect } from "node:util";
import { InputError, SettingsError, WorkbookError } from "../../lib/src/errors.ts";
import { loadModels } from "../../lib/src/facts/index.ts";
import {
  checkModelAccess,
  findOpenAlternative,
  type ModelAccessStatus,
} from "../../lib/src/hub/check-model-access.ts";
import { setEnvironment } from "../helpers/environment.ts";
import { type HuggingFaceAnswers, startHuggingFaceLike } from "../helpers/hugging-face-like.ts";
import { findClosedPort, startLocalServer } from "../helpers/local-server.ts";

const llama8b = "meta-llama/Llama-3.1-8B-Instruct";
const token = "hf_canary_not_a_key";
const readToken = { name: "somebody", auth: { accessToken: { displayName: "t", role: "read" } } };

function fineGrained(canReadGatedRepos: boolean): unknown {
  return {
    name: "somebody",
    auth: { accessToken: { displayName: "t", role: "fineGrained", fineGrained: { canReadGatedRepos } } },
  };
}

async function check(
  context: TestContext,
  answers: HuggingFaceAnswers,
  options: { model?: string; token?: string | null } = {},
) {
  const server = await startHuggingFaceLike(context, answers);
  const access = await checkModelAccess(options.model ?? llama8b, {
    url: server.url,
    token: options.token === undefined ? token : options.token,
  });
  return { access, server };
}

describe("checkModelAccess", () => {
  const gated = { gated: "manual" } as const;
  const notGranted = { status: 403, errorCode: "GatedRepo" };
  const cases: [string, ModelAccessStatus, HuggingFaceAnswers, string | null][] = [
    ["an open model", "open", { model: { gated: false } }, token],
    ["an open model, without a token", "open", { model: { gated: false } }, null],
    ["a gated model that the account may read", "granted", { model: gated, token: readToken }, token],
    ["one whose files are elsewhere", "granted", { model: gated, file: { status: 307 } }, token],
    [
      "a licence that was not accepted",
      "licence-not-accepted",
      {
        model: gated,
        token: readToken,
        file: { ...notGranted, errorMessage: "Access to model x is restricted and you are not in the list." },
      },
      token,
    ],
    [
      "a request that waits",
      "waiting",
      {
        model: gated,
        token: readToken,
        file: { ...notGranted, errorMessage: "Your request is awaiting a review from the repo authors." },
      },
      token,
    ],
    [
      "a request that was rejected",
      "rejected",
      { model: gated, token: readToken, file: { ...notGranted, errorMessage: "Your request was rejected." } },
      token,
    ],
    ["no token", "token-missing", { model: { gated: "auto" } }, null],
    [
      "a token that is not valid, answered like a missing licence",
      "token-invalid",
      { model: gated, file: { status: 401, errorCode: "GatedRepo" } },
      token,
    ],
    [
      "a token that is not valid, for an open model",
      "token-invalid",
      { file: { status: 401, errorMessage: "Invalid credentials in Authorization header" } },
      token,
    ],
    [
      "a token that is not valid, which makes every model missing",
      "token-invalid",
      { model: { errorCode: "RepoNotFound" } },
      token,
    ],
    [
      "a fine-grained token without leave to read gated models",
      "token-lacks-permission",
      { model: gated, token: fineGrained(false), file: notGranted },
      token,
    ],
    [
      "a fine-grained token with that leave, but no licence",
      "licence-not-accepted",
      { model: gated, token: fineGrained(true), file: notGranted },
      token,
    ],
    [
      "a model that is not there",
      "no-such-model",
      { model: { errorCode: "RepoNotFound" }, token: readToken },
      token,
    ],
    [
      "one that is not there, without a token",
      "no-such-model",
      { model: { errorCode: "RepoNotFound" } },
      null,
    ],
  ];
  for (const [what, status, answers, given] of cases) {
    test(`tells ${what}: ${status}`, async (t) => {
      const { access } = await check(t, answers, { token: given });
      assert.equal(access.status, status);
      const ready = status === "open" || status === "granted";
      assert.equal(access.ready, ready);
      assert.equal(access.remedy === "", ready);
      assert.equal(access.page === null, ready);
      assert.equal(access.alternative, ready ? null : "Qwen/Qwen2.5-7B-Instruct");
      assert.doesNotMatch(inspect(access), /canary/);
    });
  }

  test("leads to the licence of exactly the model that was asked for", async (t) => {
    const { access, server } = await check(t, { model: gated, token: readToken, file: notGranted });
    assert.equal(access.page, `${server.url}/meta-llama/Llama-3.1-8B-Instruct`);
    assert.match(access.remedy, /a day or two/);
  });

  test("asks only once who the token belongs to", async (t) => {
    const server = await startHuggingFaceLike(t, { model: gated, token: readToken, file: notGranted });
    for (let round = 0; round < 3; round++) await checkModelAccess(llama8b, { url: server.url, token });
    const asked = server.requests.filter((request) => request.path === "/api/whoami-v2");
    assert.equal(asked.length, 1);
  });

  test("takes token and address from the settings, and reads no token in a rehearsal", async (t) => {
    const server = await startHuggingFaceLike(t, { model: gated, token: readToken });
    setEnvironment(t, {
      WORKBOOK_IGNORE_ENV_FILE: "1",
      WORKBOOK_TARGET: "runpod",
      HF_TOKEN: token,
      HF_ENDPOINT: `${server.url}/`,
    });
    assert.equal((await checkModelAccess(llama8b)).status, "granted");
    assert.equal(server.requests[0]?.headers.authorization, `Bearer ${token}`);
    setEnvironment(t, { WORKBOOK_TARGET: "rehearsal" });
    assert.equal((await checkModelAccess(llama8b)).status, "token-missing");
    assert.equal(server.requests.at(-1)?.headers.authorization, undefined);
  });

  test("says of a rehearsal's stand-in that its finding is simulated", async (t) => {
    const { url } = await startHuggingFaceLike(t, { model: gated, token: readToken });
    const { finding } = await checkModelAccess(llama8b, { url, token, isStandIn: true });
    assert.match(finding, /has access\. \(Simulated: .*no token of yours was read\.\)$/);
  });

  test("asks nobody outside this machine in a rehearsal", async (t) => {
    setEnvironment(t, { WORKBOOK_IGNORE_ENV_FILE: "1", WORKBOOK_TARGET: "rehearsal", HF_ENDPOINT: "" });
    const fetchMock = t.mock.method(globalThis, "fetch");
    await assert.rejects(checkModelAccess(llama8b, { url: "https://huggingface.co" }), SettingsError);
    assert.equal(fetchMock.mock.callCount(), 0);
  });

  test("never sends a token over the network in clear", async (t) => {
    setEnvironment(t, { WORKBOOK_IGNORE_ENV_FILE: "1", WORKBOOK_TARGET: "runpod" });
    await assert.rejects(
      checkModelAccess(llama8b, {
        url: "http://example.com",
        token,
        fetch: () => assert.fail("it was sent"),
      }),
      (error: unknown) =>
        error instanceof WorkbookError && /in clear/.test(error.message) && !/canary/.test(inspect(error)),
    );
  });

  test("does not follow a redirect with the token", async (t) => {
    const { server } = await check(t, { model: gated, file: { status: 302 } });
    assert.deepEqual(
      server.requests.map((request) => request.path),
      [`/api/models/${llama8b}`, `/${llama8b}/resolve/main/config.json`],
    );
  });

  test("refuses what is no model name before it asks anybody", async () => {
    for (const model of ["", "llama", "a/b/c", "a/b?x=1", "../a", "a/..", "--model/x"]) {
      await assert.rejects(checkModelAccess(model, { url: "http://127.0.0.1:1", token: null }), InputError);
    }
  });

  test("says so where Hugging Face is out of reach, limits requests, or fails", async (t) => {
    const url = `http://127.0.0.1:${await findClosedPort()}`;
    await assert.rejects(checkModelAccess(llama8b, { url, token }), /could not be reached/);
    for (const [status, remedy] of [
      [429, /wait five minutes/],
      [503, /try again later/],
    ] as const) {
      const server = await startLocalServer(t, (_, response) => response.writeHead(status).end());
      await assert.rejects(checkModelAccess(llama8b, { url: server.url, token }), remedy);
    }
  });
});

describe("an open model to go on with", () => {
  // A newer row of the table must not change what is asked here.
  const models = loadModels().filter(({ family }) =>
    ["llama-3.1", "llama-3.2", "gemma-3", "qwen-2.5", "qwen-3.5", "smollm2"].includes(family),
  );

  test("has about the same size, chats, and answers without reasoning", () => {
    const alternative = (id: string) => findOpenAlternative(id, models);
    assert.equal(alternative("meta-llama/Llama-3.1-70B-Instruct"), "Qwen/Qwen2.5-72B-Instruct");
    assert.equal(alternative("google/gemma-3-27b-it"), "Qwen/Qwen2.5-32B-Instruct");
    assert.equal(alternative("meta-llama/Llama-3.2-1B-Instruct"), "HuggingFaceTB/SmolLM2-1.7B-Instruct");
  });

  test("is one of 8 billion parameters where the model is not known", () => {
    assert.equal(findOpenAlternative("someone/else", models), "Qwen/Qwen2.5-7B-Instruct");
  });
});
