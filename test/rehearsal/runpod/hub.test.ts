import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { StandInOptions } from "../../../rehearsal/src/index.ts";
import { openRehearsedAccount } from "../../helpers/rehearsed-account.ts";

const gated = "meta-llama/Llama-3.1-8B-Instruct";
const open = "Qwen/Qwen2.5-7B-Instruct";

async function openHub(context: Parameters<typeof openRehearsedAccount>[0], options: StandInOptions = {}) {
  const { rehearsal } = await openRehearsedAccount(context, options);
  return (path: string, token?: string) =>
    fetch(rehearsal.huggingFaceUrl + path, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      redirect: "manual",
    });
}

describe("the stand-in of Hugging Face's gate", () => {
  for (const [name, model, token, status, code, message] of [
    ["a model that the stand-in does not know", "somebody/something", undefined, 200, null, null],
    ["an open model, without a token", open, undefined, 200, null, null],
    ["a gated model with access", gated, "hf_rehearsal", 200, null, null],
    [
      "a gated model without a token",
      gated,
      undefined,
      401,
      "GatedRepo",
      /must have access to it and be authenticated/,
    ],
    ["a gated model with a bad token", gated, "hf_rehearsal_invalid", 401, "GatedRepo", /be authenticated/],
    ["a gated model with something that is no token", gated, "rpa_x", 401, "GatedRepo", /be authenticated/],
    [
      "a licence that was not accepted",
      gated,
      "hf_rehearsal_not_accepted",
      403,
      "GatedRepo",
      /not in the authorized list/,
    ],
    ["access that is waited for", gated, "hf_rehearsal_pending", 403, "GatedRepo", /awaiting a review/],
    ["access that was turned down", gated, "hf_rehearsal_rejected", 403, "GatedRepo", /has been rejected/],
    [
      "a token that may not read gated models",
      gated,
      "hf_rehearsal_no_gated_permission",
      403,
      "GatedRepo",
      /enable access to public gated repositories/,
    ],
    ["no such model, without a token", "nobody/nothing", undefined, 401, "RepoNotFound", /Invalid username/],
    ["no such model, with a token", "nobody/nothing", "hf_rehearsal", 404, "RepoNotFound", /not found/],
    [
      "no such model of a known owner",
      "Qwen/no-such-model",
      "hf_rehearsal",
      404,
      "RepoNotFound",
      /not found/,
    ],
  ] as const) {
    test(`a file: ${name}`, async (context) => {
      const visit = await openHub(context);
      const answer = await visit(`/${model}/resolve/main/config.json`, token);
      assert.deepEqual([answer.status, answer.headers.get("x-error-code")], [status, code]);
      if (message !== null) assert.match(answer.headers.get("x-error-message") ?? "", message);
      const check = await visit(`/api/models/${model}/auth-check`, token);
      assert.deepEqual([check.status, check.headers.get("x-error-code")], [status, code]);
    });
  }

  test("gives the shape of a model, from which its memory can be computed", async (context) => {
    const visit = await openHub(context);
    const answer = await visit(`/${gated}/resolve/main/config.json`, "hf_rehearsal");
    const { num_hidden_layers, num_key_value_heads, head_dim, max_position_embeddings } =
      (await answer.json()) as Record<string, number>;
    assert.deepEqual(
      [num_hidden_layers, num_key_value_heads, head_dim, max_position_embeddings],
      [32, 8, 128, 131_072],
    );
    assert.equal(
      (await visit(`/${gated}/resolve/main/other.json`, "hf_rehearsal")).headers.get("x-error-code"),
      "EntryNotFound",
    );
  });

  test("describes a gated model to everybody, and sends an old name on to the new one", async (context) => {
    const visit = await openHub(context);
    const described = (await (await visit(`/api/models/${gated}`)).json()) as Record<string, unknown>;
    assert.deepEqual([described["id"], described["gated"], described["private"]], [gated, "manual", false]);
    assert.equal(
      ((await (await visit(`/api/models/${open}`)).json()) as Record<string, unknown>)["gated"],
      false,
    );
    const sized = (await (await visit(`/api/models/${open}?blobs=true`)).json()) as { siblings: unknown[] };
    assert.deepEqual(sized.siblings[1], { rfilename: "model.safetensors", size: 15_231_233_024 });
    const moved = await visit("/api/models/meta-llama/Meta-Llama-3.1-8B-Instruct");
    assert.deepEqual([moved.status, moved.headers.get("location")], [307, `/api/models/${gated}`]);
  });

  test("says who a token belongs to, and whether it may read gated models", async (context) => {
    const visit = await openHub(context);
    const may = async (token: string) => {
      const body = (await (await visit("/api/whoami-v2", token)).json()) as {
        name: string;
        auth: { accessToken: { fineGrained: { canReadGatedRepos: boolean } } };
      };
      return [body.name, body.auth.accessToken.fineGrained.canReadGatedRepos];
    };
    assert.deepEqual(await may("hf_rehearsal"), ["rehearsal", true]);
    assert.deepEqual(await may("hf_rehearsal_pending"), ["rehearsal", true]);
    assert.deepEqual(await may("hf_rehearsal_no_gated_permission"), ["rehearsal", false]);
    const bad = await visit("/api/whoami-v2", "hf_rehearsal_invalid");
    assert.deepEqual(
      [bad.status, bad.headers.get("x-error-message")],
      [401, "Invalid credentials in Authorization header"],
    );
    assert.equal((await visit("/api/whoami-v2")).status, 401);
  });

  test("says to every token what a fault says, or nothing", async (context) => {
    const faults = [
      { kind: "hub-access", access: "pending" },
      { kind: "hub-down", times: 1 },
    ] as const;
    const visit = await openHub(context, { faults });
    const path = `/${gated}/resolve/main/config.json`;
    const statuses = [
      await visit(path, "hf_rehearsal"),
      await visit(path, "hf_rehearsal"),
      await visit(path),
    ];
    assert.deepEqual(
      statuses.map(({ status }) => status),
      [503, 403, 401],
    );
  });
});
