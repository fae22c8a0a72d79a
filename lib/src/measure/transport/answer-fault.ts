/** An answer that cannot be read as HTTP, or that ended before it was whole. */
export class AnswerFault extends Error {
  override readonly name = "AnswerFault";
  /** `ECONNRESET` where the connection was closed or cut, else `HPE_…`, as Node's own parser would say. */
  readonly code: string;

  constructor(message: string, code = "HPE_INVALID_ANSWER") {
    super(message);
    this.code = code;
  }
}
