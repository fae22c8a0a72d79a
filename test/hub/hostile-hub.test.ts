import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkModelAccess } from "../../lib/src/hub/check-model-access.ts";
import { fetchModelShape } from "../../lib/src/hub/fetch-model-shape.ts";
import { setEnvironment } from "../helpers/environment.ts";
import { startHuggingFaceLike } from "../helpers/hugging-face-like.ts";
import { startLocalServer } from "../helpers/local-server.ts";

const model = "owner/name";
const token = "hf_canary_not_a_key";

/** Answers as a hub whose files lie on another host, and keeps which token went where. */
function hubWithFilesElsewhere(location: string) {
  const calls: { host: string; token: string | null }[] = [];
  const request: typeof fetch = async (input, init) => {
    const url = new URL(String(input));
    calls.push({ host: url.host, token: new Headers(init?.headers).get("authorization") });
    if (url.pathname.includes("/resolve/")) return new Response(null, { status: 302, headers: { location } });
    return Response.json({ id: model, siblings: [{ rfilename: "model.safetensors", size: 1 }] });
  };
  return { calls, request };
}

describe("Hugging Face, or what stands at its address", () => {
  test("may lead to files on another host, which never gets the token", async (t) => {
    setEnvironment(t, { WORKBOOK_IGNORE_ENV_FILE: "1", WORKBOOK_TARGET: "runpod" });
    const { calls, request } = hubWithFilesElsewhere("https://files.example/config.json");
    const reading = fetchModelShape(model, { url: "https://huggingface.co", token, fetch: request });
    await assert.rejects(reading, /does not say how the model is built/);
    const own = { host: "huggingface.co", token: `Bearer ${token}` };
    assert.deepEqual(calls, [own, own, { host: "files.example", token: null }]);
  });

  test("cannot lead from https to plain http, nor to anything but a web address", async (t) => {
    setEnvironment(t, { WORKBOOK_IGNORE_ENV_FILE: "1", WORKBOOK_TARGET: "runpod" });
    for (const location of ["http://files.example/", "file:///etc/passwd", "http://%"]) {
      const { calls, request } = hubWithFilesElsewhere(location);
      const reading = fetchModelShape(model, { url: "https://huggingface.co", token, fetch: request });
      await assert.rejects(reading, /could not be read \(HTTP 302\)/);
      assert.equal(calls.length, 2);
    }
  });

  test("may not answer without end, nor lead in a circle", async (t) => {
    const endless = await startLocalServer(t, (_request, response) => {
      const send = () => {
        while (!response.destroyed && response.write(" ".repeat(64_000)));
        if (!response.destroyed) response.once("drain", send);
      };
      send();
    });
    await assert.rejects(checkModelAccess(model, { url: endless.url, token }), {
      name: "AnswerTooLongError",
    });
    const circle = await startLocalServer(t, ({ path }, response) =>
      response.writeHead(307, { location: path }).end(),
    );
    await assert.rejects(
      fetchModelShape(model, { url: circle.url, token }),
      /could not be read \(HTTP 307\)/,
    );
  });

  test("at an address that is given gets no token that was set for another", async (t) => {
    const server = await startHuggingFaceLike(t, { model: { gated: false } });
    setEnvironment(t, { WORKBOOK_IGNORE_ENV_FILE: "1", WORKBOOK_TARGET: "runpod", HF_TOKEN: token });
    const access = await checkModelAccess(model, { url: server.url });
    assert.equal(access.status, "open");
    assert.doesNotMatch(JSON.stringify(server.requests), /canary/);
  });
});
