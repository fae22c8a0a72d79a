import assert from "node:assert/strict";
import { z } from "zod";
import type { Check } from "../check.ts";
import { modelListSchema } from "../schemas.ts";
import { readJson, send } from "../send.ts";

/** Routes that exist, and what the others answer. */
export const routeChecks: readonly Check[] = [
  {
    name: "/health and /ping answer 200 with an empty body",
    async run(context) {
      for (const [method, path] of [
        ["GET", "/health"],
        ["GET", "/ping"],
        ["POST", "/ping"],
      ] as const) {
        const answer = await send(context, { method, path });
        assert.equal(answer.status, 200, `${method} ${path}`);
        assert.equal(answer.text, "");
        assert.equal(answer.headers.get("content-length"), "0");
        assert.equal(answer.headers.get("content-type"), null);
      }
    },
  },
  {
    name: "/version answers a version",
    async run(context) {
      const answer = await send(context, { path: "/version" });
      z.object({ version: z.string().min(1) }).parse(readJson(answer, 200));
    },
  },
  {
    name: "/v1/models lists the model with its context length",
    async run(context) {
      const list = modelListSchema.parse(readJson(await send(context, { path: "/v1/models" }), 200));
      assert.ok(
        list.data.some(({ id }) => id === context.model),
        `${context.model} is not listed`,
      );
    },
  },
  {
    name: 'the root and unknown paths answer 404 {"detail":"Not Found"}',
    async run(context) {
      const unknownPaths = ["/", "/nope", "/v1", "/v1/", "/v1/nope", `/v1/models/${context.model}`];
      for (const path of unknownPaths) {
        const answer = await send(context, { path });
        assert.equal(answer.text, '{"detail":"Not Found"}', path);
        readJson(answer, 404);
      }
    },
  },
  {
    name: "a wrong method answers 405 and names the right one",
    async run(context) {
      for (const [method, path, allowed] of [
        ["POST", "/health", "GET"],
        ["POST", "/version", "GET"],
        ["POST", "/v1/models", "GET"],
        ["OPTIONS", "/v1/models", "GET"],
        ["GET", "/v1/chat/completions", "POST"],
        ["DELETE", "/v1/chat/completions", "POST"],
        ["PUT", "/tokenize", "POST"],
        ["GET", "/invocations", "POST"],
      ] as const) {
        const answer = await send(context, { method, path });
        assert.equal(answer.text, '{"detail":"Method Not Allowed"}', `${method} ${path}`);
        readJson(answer, 405);
        assert.equal(answer.headers.get("allow"), allowed);
      }
    },
  },
  {
    name: "HEAD is a wrong method, even where GET is the right one",
    async run(context) {
      for (const path of ["/health", "/version", "/v1/models"]) {
        const answer = await send(context, { method: "HEAD", path });
        assert.equal(answer.status, 405, path);
        assert.equal(answer.headers.get("allow"), "GET");
      }
    },
  },
  {
    name: "a slash too many at the end redirects to the path without it",
    async run(context) {
      for (const path of ["/health", "/v1/models"]) {
        const answer = await send(context, { path: `${path}/` });
        assert.equal(answer.status, 307, path);
        const target = new URL(answer.headers.get("location") ?? "", context.url);
        assert.equal(target.pathname, new URL(context.url + path).pathname);
      }
    },
  },
];
