import type { TestContext } from "node:test";
import { type LocalServer, sendJson, startLocalServer } from "./local-server.ts";

/** What a local server answers in place of Hugging Face. */
export interface HuggingFaceAnswers {
  /** The model's metadata; a text stands for an error code. */
  model?:
    | { gated: false | "auto" | "manual"; siblings?: unknown }
    | { errorCode: string; errorMessage?: string };
  /** For the model's files; default: they may be read. */
  file?: { status: number; errorCode?: string; errorMessage?: string };
  /** For whoami; default: no valid token. */
  token?: unknown;
  config?: unknown;
}

/** Starts a server on loopback that answers as Hugging Face does, and ends with the test. */
export function startHuggingFaceLike(
  context: TestContext,
  answers: HuggingFaceAnswers,
): Promise<LocalServer> {
  const { model = { gated: false }, file = { status: 200 } } = answers;
  return startLocalServer(context, (request, response) => {
    const refuse = (status: number, errorCode = "", errorMessage = "") => {
      if (errorCode !== "") response.setHeader("x-error-code", errorCode);
      if (errorMessage !== "") response.setHeader("x-error-message", errorMessage);
      sendJson(response, { error: errorMessage }, status);
    };
    const { path } = request;
    if (path === "/api/whoami-v2") {
      if (answers.token === undefined) refuse(401, "", "Invalid credentials in Authorization header");
      else sendJson(response, answers.token);
    } else if (path.startsWith("/api/models/")) {
      if ("errorCode" in model) refuse(401, model.errorCode, model.errorMessage);
      else sendJson(response, model);
    } else if (path.includes("/resolve/main/")) {
      if (file.status >= 400) refuse(file.status, file.errorCode, file.errorMessage);
      else if (file.status >= 300) response.writeHead(file.status, { location: "/elsewhere" }).end();
      else sendJson(response, answers.config ?? {});
    } else refuse(404);
  });
}
