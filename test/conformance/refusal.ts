import assert from "node:assert/strict";
import { chatBody, readMaxModelTokens } from "./chat.ts";
import type { Check, ConformanceContext } from "./check.ts";
import { readJson, send } from "./send.ts";

/** A request that is refused, and vLLM's words for it. */
export interface Refusal {
  /** What is wrong, to go into "… is refused". */
  what: string;
  /** Fields of an otherwise good chat request, or a whole body as a string. */
  request: Record<string, unknown> | string;
  headers?: Record<string, string>;
  /** Default 400. */
  status?: number;
  /** Default `BadRequestError`. */
  type?: string;
  param: string | null;
  message: string | ((served: { model: string; maxModelTokens: number }) => string);
}

/** Makes a check that the server refuses a chat request with exactly these words. */
export function refusalCheck(refusal: Refusal): Check {
  return {
    name: `${refusal.what} is refused`,
    async run(context) {
      const { request, headers = {}, status = 400, type = "BadRequestError", param, message } = refusal;
      const answer = await send(context, {
        path: "/v1/chat/completions",
        body: typeof request === "string" ? request : chatBody(context, request),
        headers,
      });
      const served = { model: context.model, maxModelTokens: await readMaxModelTokens(context) };
      const expected = typeof message === "string" ? message : message(served);
      assert.deepEqual(readJson(answer, status), {
        error: { message: expected, type, param, code: status },
      });
    },
  };
}

/** Makes a question that does not fit the context of the served model. */
export async function tooLongQuestion(context: ConformanceContext): Promise<string> {
  return "word ".repeat((await readMaxModelTokens(context)) + 1);
}
