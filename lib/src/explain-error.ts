import { stripControlCharacters } from "./show/index.ts";

/** What an error means for the person at the keyboard. */
export interface Diagnosis {
  /** What is wrong, in one sentence. */
  cause: string;
  /** What to do about it. */
  remedy: string;
  /** The words of the error on which the diagnosis rests. */
  evidence: string;
}

/** An error of any library, reduced to what can be read without its class. */
interface ErrorShape {
  names: string[];
  /** The messages of the error and of its causes, outermost first. */
  message: string;
  status: number | null;
  code: string | null;
}

interface Entry {
  matches(error: ErrorShape): boolean;
  cause: string;
  remedy: string;
}

const entries: Entry[] = [
  {
    matches: (error) => /system role/i.test(error.message) || /roles must alternate/i.test(error.message),
    cause:
      "The model's chat template has no place for a system prompt, or wants user and assistant in turns.",
    remedy: "Put the system prompt in front of the first user message: foldSystemPrompt(messages) does that.",
  },
  {
    matches: (error) => error.status === 404 && /model .*does not exist/i.test(error.message),
    cause: "The server does not serve a model of this name.",
    remedy:
      "Use one of the names that the error lists, spelled alike; openEndpoint() takes the right one by itself.",
  },
  {
    matches: (error) => /maximum context length|max_model_len/i.test(error.message),
    cause: "Prompt and answer together do not fit the model's context.",
    remedy:
      "Shorten the prompt or lower max_tokens; on a server of your own a longer context is set with --max-model-len, if the memory allows it.",
  },
  {
    matches: (error) => error.status === 400 && /chat template/i.test(error.message),
    cause: "The conversation cannot be turned into a prompt: it is empty, or the model has no chat template.",
    remedy:
      "Send at least one message, and serve an instruction-tuned model (its name usually ends in Instruct or Chat).",
  },
  {
    matches: (error) => error.status === 400,
    cause: "The server understood the request and refused one of its parameters.",
    remedy: "The error names the parameter and what it takes: change it and send the request again.",
  },
  {
    matches: (error) => error.status === 401 || error.status === 403,
    cause: "The server wants another key.",
    remedy:
      "Give the key that the server was started with, as apiKey or OPENAI_API_KEY; a server without one takes EMPTY.",
  },
  {
    matches: (error) => error.status === 404,
    cause:
      "The host answers, but not at this path; a newcomer's usual miss is a base URL without /v1, or a pod that has ended.",
    remedy: "Let the base URL end in /v1, and look whether the pod still runs.",
  },
  {
    matches: (error) => error.status === 429,
    cause: "The server takes no more requests at the moment: a rate limit or a spent quota.",
    remedy: "Wait as long as the answer's retry-after header says, then send fewer requests at a time.",
  },
  {
    matches: (error) => [502, 503, 504, 524].includes(error.status ?? 0),
    cause: "A proxy answered, but the server behind it did not: it is still starting, too slow, or gone.",
    remedy:
      "Look at the server's log; a large model can take ten minutes until it is up. For long answers stream, or lower max_tokens.",
  },
  {
    matches: (error) => (error.status ?? 0) >= 500,
    cause: "The server failed while it worked on the request.",
    remedy:
      "Look at its log for the first error; out of memory is the usual one. Then try again with a shorter request.",
  },
  {
    matches: (error) => error.code === "ECONNREFUSED",
    cause: "Nothing listens at this address.",
    remedy: "Start the server, or correct host and port of the base URL.",
  },
  {
    matches: (error) => error.code === "ENOTFOUND" || error.code === "EAI_AGAIN",
    cause: "The host name is not known.",
    remedy: "Check the spelling of the base URL, and whether this machine is online.",
  },
  {
    matches: (error) => ["ECONNRESET", "UND_ERR_SOCKET", "EPIPE"].includes(error.code ?? ""),
    cause: "The connection was cut while the answer was on its way.",
    remedy: "Try again; if it happens at the same place each time, look at the server's log.",
  },
  {
    matches: (error) =>
      error.names.some((name) => /Timeout/.test(name)) || /timed? ?out/i.test(error.message),
    cause: "The server did not answer in time.",
    remedy: "It may still be loading its model, or be busy: look at its log, wait, and try again.",
  },
  {
    matches: (error) => error.names.some((name) => /Abort/.test(name)),
    cause: "The call was interrupted from this side.",
    remedy: "Nothing is wrong; send the request again if you want the answer after all.",
  },
  {
    matches: (error) => error.names.includes("ZodError"),
    cause: "The answer does not have the form of an OpenAI-compatible API.",
    remedy: "Check the base URL: it must lead to the API itself, not to a web page or another service.",
  },
];

/**
 * Explains an error of this stack: of the workbook, the `openai` package, Node's network or the server.
 *
 * It reads names, statuses and words and needs no classes, so it also works on errors of another copy of a package.
 * What it does not know comes back as it is, with the advice to read it.
 */
export function explainError(error: unknown): Diagnosis {
  const shape = readShape(error);
  const evidence = hideKeys(stripControlCharacters(shape.message)).slice(0, 500);
  if (isOwn(error)) return { cause: error.problemText, remedy: error.remedy, evidence };
  const entry = entries.find((candidate) => candidate.matches(shape));
  if (entry !== undefined) return { cause: entry.cause, remedy: entry.remedy, evidence };
  return {
    cause: "This error is none of those that the workbook knows.",
    remedy: "Read its words below; the server's log often says more.",
    evidence,
  };
}

// The workbook's own errors carry their diagnosis with them, also those of another copy of this library.
function isOwn(error: unknown): error is { message: string; problemText: string; remedy: string } {
  return (
    error instanceof Error &&
    "problemText" in error &&
    typeof error.problemText === "string" &&
    "remedy" in error &&
    typeof error.remedy === "string"
  );
}

function readShape(error: unknown): ErrorShape {
  const names: string[] = [];
  const messages: string[] = [];
  let status: number | null = null;
  let code: string | null = null;
  let current: unknown = error;
  for (let depth = 0; depth < 5 && typeof current === "object" && current !== null; depth++) {
    const own: { name?: unknown; message?: unknown; status?: unknown; code?: unknown; cause?: unknown } =
      current;
    // The openai package's errors are all called "Error"; their class still says more.
    names.push(String(own.name ?? ""), current.constructor?.name ?? "");
    if (typeof own.message === "string") messages.push(own.message);
    if (status === null && typeof own.status === "number") status = own.status;
    if (code === null && typeof own.code === "string") code = own.code;
    current = own.cause;
  }
  if (messages.length === 0) messages.push(String(error));
  return { names, message: messages.join(" ← "), status, code };
}

// Some servers repeat the key that they refuse.
function hideKeys(text: string): string {
  return text.replace(/\b(rpa_|hf_|sk-)[\w*-]{4,}/g, "$1…");
}
