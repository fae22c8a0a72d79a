import { findError } from "../../facts/index.ts";
import { cleanWords, cutEnd, cutText, readServerWords } from "../../words/index.ts";
import { RunPodError, type RunPodProblem } from "./runpod-error.ts";

/** Turns an answer that is no success into one error, whatever shape its body has. */
export function refusalError(options: {
  call: string;
  status: number;
  headers: Headers;
  body: string;
  secrets: readonly string[];
}): RunPodError {
  const { call, status, secrets } = options;
  const detail = readServerWords(options.body, { secrets, maxCharacters: 600 });
  const { problem, remedy } = judge(status, detail);
  const said = detail === "" ? "" : ` and said: ${cutEnd(detail, ". \n")}`;
  const requestId = options.headers.get("x-request-id");
  return new RunPodError(`Runpod answered ${call} with HTTP ${status}${said}.`, {
    problem,
    remedy,
    call,
    status,
    detail,
    requestId: requestId === null ? null : cutText(cleanWords(requestId, secrets), 100),
    mayHaveHappened: status >= 500 || status === 408,
  });
}

// One table tells what an answer means: this error's remedy, what explainError() says, and the page of errors.
function judge(status: number, detail: string): { problem: RunPodProblem; remedy: string } {
  const found = findError({ text: detail, status, answerer: "runpod" });
  const refusal = found?.error.refusal ?? null;
  if (found !== null && refusal !== null) return { problem: refusal, remedy: found.remedy };
  return {
    problem: "unreadable-answer",
    remedy: "Check RUNPOD_API_URL: the API itself does not answer like this.",
  };
}
