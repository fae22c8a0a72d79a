import { WorkbookError, type WorkbookErrorOptions } from "../errors.ts";
import type { WireFailure } from "./wire/index.ts";

/** What went wrong when an endpoint was opened. */
export type EndpointProblem =
  | "nothing-listens"
  | "unknown-host"
  | "no-answer"
  | "no-secure-connection"
  | "proxy-without-server"
  | "unauthorized"
  | "web-page"
  | "not-openai"
  | "redirected"
  | "model-missing"
  | "model-ambiguous"
  | "server-error";

/** An endpoint could not be opened; `problem` says in one word why, the message what to do. */
export class EndpointError extends WorkbookError {
  override name = "EndpointError";
  readonly problem: EndpointProblem;
  /** The HTTP status, where there was an answer. */
  readonly status: number | null;

  constructor(
    problemText: string,
    options: WorkbookErrorOptions & { problem: EndpointProblem; status?: number | undefined },
  ) {
    super(problemText, options);
    this.problem = options.problem;
    this.status = options.status ?? null;
  }
}

/** A streamed answer did not come to its end; `text` is what had arrived. */
export class ChatStreamError extends WorkbookError {
  override name = "ChatStreamError";
  readonly text: string;
  readonly problem: Exclude<WireFailure, "empty"> | "too-slow" | "interrupted";

  constructor(
    problemText: string,
    options: WorkbookErrorOptions & { problem: ChatStreamError["problem"]; text: string },
  ) {
    super(problemText, options);
    this.problem = options.problem;
    this.text = options.text;
  }
}

/** The model behind an endpoint cannot serve a chat request; `problem` says in one word why, the message what to do. */
export class ChatRequestError extends WorkbookError {
  override name = "ChatRequestError";
  readonly problem: "no-chat-template" | "context-too-small";

  constructor(problemText: string, options: WorkbookErrorOptions & { problem: ChatRequestError["problem"] }) {
    super(problemText, options);
    this.problem = options.problem;
  }
}
