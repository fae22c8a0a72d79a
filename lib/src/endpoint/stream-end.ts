import { cleanWords, cutEnd, cutText, inWords } from "../words/index.ts";
import type { Endpoint } from "./endpoint.ts";
import { ChatStreamError } from "./endpoint-error.ts";

const longestMessage = 2_000;

/** A stream that ended badly, before the text so far is known. */
export class StreamEnd extends Error {
  readonly problem: Exclude<ChatStreamError["problem"], "interrupted">;
  constructor(message: string, problem: StreamEnd["problem"], cause?: unknown) {
    super(cutText(message, longestMessage), { cause });
    this.problem = problem;
  }
  withText(text: string, endpoint: Endpoint): ChatStreamError {
    const message = cleanWords(this.message, [endpoint.apiKey]);
    const place = `after ${text.length} characters of the answer from ${endpoint.baseUrl}`;
    const common = { problem: this.problem, text, cause: this.cause };
    if (this.problem === "error-in-stream") {
      const words = `${cutEnd(message, ". \n")}.`;
      return new ChatStreamError(`The server reported an error ${place}: ${words}`, {
        ...common,
        remedy: "Look at the server's log; the text that had arrived is in the error.",
      });
    }
    if (this.problem === "unreadable") {
      return new ChatStreamError(`The stream could not be read ${place}: ${message}.`, {
        ...common,
        remedy: "Check the base URL: the server there does not stream like an OpenAI-compatible API.",
      });
    }
    if (this.problem === "too-long" || this.problem === "too-slow") {
      return new ChatStreamError(`The workbook stopped reading the stream ${place}: ${message}.`, {
        ...common,
        remedy:
          "The connection is closed; the text that had arrived is in the error. " +
          "Look at the server's log, then try again with a smaller max_tokens.",
      });
    }
    return new ChatStreamError(`The stream was cut off ${place} (${message}).`, {
      ...common,
      remedy:
        "The server, the proxy or the network closed it early; the text that had arrived is in the error. " +
        "Try again, with a smaller max_tokens if it happens at the same place.",
    });
  }
}

/** A stream in which something is longer than it may be. */
export function tooLong(what: string, most: number, unit = "characters"): StreamEnd {
  return new StreamEnd(`${what} is longer than ${inWords(most)} ${unit}`, "too-long");
}
