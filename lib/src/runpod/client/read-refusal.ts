import { z } from "zod";
import { loadKnownErrors, matchError } from "../../facts/index.ts";
import { hideSecrets, stripControlCharacters } from "../../words/index.ts";
import { RunPodError, type RunPodProblem } from "./runpod-error.ts";

/** What RunPod's APIs call an error: problem+json of REST v2, and the older shapes of REST v1 and GraphQL. */
const refusalSchema = z.object({
  title: z.string().nullish(),
  detail: z.string().nullish(),
  message: z.string().nullish(),
  error: z.union([z.string(), z.object({ message: z.string() })]).nullish(),
  errors: z.array(z.union([z.string(), z.object({ message: z.string() })])).nullish(),
});

interface Judgement {
  problem: RunPodProblem;
  remedy: string;
}

/** Turns an answer that is no success into one error, whatever shape its body has. */
export function readRefusal(options: {
  call: string;
  status: number;
  headers: Headers;
  body: string;
  secrets: readonly string[];
}): RunPodError {
  const { call, status } = options;
  const detail = hideSecrets(stripControlCharacters(readDetail(options.body)), options.secrets).slice(0, 600);
  const { problem, remedy } = judge(status, detail);
  const said = detail === "" ? "" : ` and said: ${detail.replace(/[.\s]+$/, "")}`;
  const requestId = options.headers.get("x-request-id");
  return new RunPodError(`RunPod answered ${call} with HTTP ${status}${said}.`, {
    problem,
    remedy,
    call,
    status,
    detail,
    requestId: requestId === null ? null : hideSecrets(requestId, options.secrets).slice(0, 100),
    mayHaveHappened: status >= 500 || status === 408,
  });
}

function readDetail(body: string): string {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    // A proxy's page says nothing that its status does not say; a short plain text may.
    return /^\s*</.test(body) ? "" : body.trim().replace(/\s+/g, " ");
  }
  const parsed = refusalSchema.safeParse(json);
  if (!parsed.success) return "";
  const { title, detail, message, error, errors } = parsed.data;
  const texts = [
    detail ?? message ?? (typeof error === "string" ? error : error?.message) ?? title,
    ...(errors ?? []).map((one) => (typeof one === "string" ? one : one.message)),
  ];
  return texts.filter((text) => text !== null && text !== undefined && text !== "").join("; ");
}

// One table tells what an answer means: this error's remedy, what explainError() says, and the page of errors.
function judge(status: number, detail: string): Judgement {
  for (const error of loadKnownErrors()) {
    const found = error.refusal === null ? null : matchError(error, { text: detail, status });
    if (error.refusal !== null && found !== null) return { problem: error.refusal, remedy: found.remedy };
  }
  return {
    problem: "unreadable-answer",
    remedy: "Check RUNPOD_API_URL: the API itself does not answer like this.",
  };
}
