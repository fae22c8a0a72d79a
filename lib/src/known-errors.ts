/** An error of any library, reduced to what can be read without its class. */
export interface ErrorShape {
  names: string[];
  /** What the error and its causes say, outermost first. */
  messages: string[];
  /** All of it as one text. */
  message: string;
  status: number | null;
  code: string | null;
}

/** A kind of error that is known, with what it means and what to do. */
export interface KnownError {
  matches(error: ErrorShape): boolean;
  cause: string;
  remedy: string;
}

/** The errors that people meet on this stack; the first that matches is the one. */
export const knownErrors: readonly KnownError[] = [
  {
    matches: (error) => /system role/i.test(error.message) || /roles must alternate/i.test(error.message),
    cause:
      "The model's chat template has no place for a system prompt, or wants user and assistant in turns.",
    remedy: "Put the system prompt in front of the first user message: foldSystemPrompt(messages) does that.",
  },
  {
    matches: (error) => error.status === 404 && /model .*(does not exist|not found)/i.test(error.message),
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
    matches: (error) => error.status === 402,
    cause: "The provider wants to be paid first: the credit is spent, or no payment method is set.",
    remedy: "Add credit in the provider's console, then send the request again.",
  },
  {
    matches: (error) => error.status === 413,
    cause: "The request is larger than the server takes.",
    remedy: "Shorten the prompt, or send fewer messages of the conversation.",
  },
  {
    matches: (error) => error.status === 422,
    cause: "The server takes no parameter of this name or form.",
    remedy:
      "Leave out what only another server knows: vLLM's extras such as ignore_eos or top_k, or stream_options.",
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
    matches: (error) => ["EHOSTUNREACH", "ENETUNREACH", "ENETDOWN"].includes(error.code ?? ""),
    cause: "There is no way from this machine to that host.",
    remedy: "Check whether this machine is online, and whether a firewall or VPN stands between.",
  },
  {
    matches: (error) =>
      /SSL|TLS|CERT|^EPROTO$/.test(error.code ?? "") ||
      /certificate|wrong version number/i.test(error.message),
    cause:
      "No secure connection came about: the server speaks plain http, or its certificate is not trusted here.",
    remedy: "For a server of your own begin the base URL with http://; otherwise check the host name.",
  },
  {
    matches: (error) => error.code === "ERR_INVALID_URL" || /invalid url/i.test(error.message),
    cause: "The base URL is not a web address.",
    remedy: "It looks like https://<podId>-8000.proxy.runpod.net/v1 or http://127.0.0.1:8000/v1.",
  },
  {
    matches: (error) => /missing credentials|apiKey client option/i.test(error.message),
    cause: "The client was made without a key.",
    remedy: "Give it endpoint.apiKey as apiKey; for a server without a key any text will do, such as EMPTY.",
  },
  {
    matches: (error) => /invalid header value|ByteString/i.test(error.message),
    cause: "The key contains characters that no HTTP header can carry.",
    remedy: "Copy it again: letters, digits and signs on one line, without typographic quotes or dashes.",
  },
  {
    matches: (error) => error.code === "EADDRINUSE",
    cause: "The port is taken by another program.",
    remedy: "Choose another port, or 0 for any free one.",
  },
  {
    matches: (error) => error.code === "ENOSPC",
    cause: "The disk is full.",
    remedy: "Free some space, then try again; old reports and the state folder can go.",
  },
  {
    matches: (error) => ["EACCES", "EPERM", "EROFS"].includes(error.code ?? ""),
    cause: "This user may not read or write there.",
    remedy: "Look at the owner and the rights of the file or folder that the error names.",
  },
  {
    matches: (error) => ["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"].includes(error.code ?? ""),
    cause: "A package that the workbook needs is not installed.",
    remedy: "Run `npm run setup` in the project's folder, then restart the kernel.",
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
  {
    matches: (error) => error.names.includes("SyntaxError") && /JSON/.test(error.message),
    cause: "What came as an answer is no JSON: a web page, or an answer that was cut off.",
    remedy: "Check the base URL: it must lead to the API itself; then try again.",
  },
];
