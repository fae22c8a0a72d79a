/** An answer in vLLM's own words that refuses a request. */
export class VllmRefusal extends Error {
  override name = "VllmRefusal";
  readonly status: number;
  readonly type: string;
  readonly param: string | null;

  constructor(message: string, options: { status?: number; type?: string; param?: string | null } = {}) {
    super(message);
    this.status = options.status ?? 400;
    this.type = options.type ?? "BadRequestError";
    this.param = options.param ?? null;
  }

  /** The error body of vLLM, OpenAI's form with the status repeated as a number in `code`. */
  body() {
    return { error: { message: this.message, type: this.type, param: this.param, code: this.status } };
  }
}

/** Refuses one parameter, naming it and its value the way vLLM does. */
export function refuseParameter(options: {
  message: string;
  parameter: string;
  value?: string | number;
}): VllmRefusal {
  const { message, parameter, value } = options;
  const named = value === undefined ? `parameter=${parameter}` : `parameter=${parameter}, value=${value}`;
  return new VllmRefusal(`${message} (${named})`, { param: parameter });
}

/** One complaint of vLLM's request validation, whose form is that of Python's pydantic. */
export interface ValidationIssue {
  type: string;
  loc: string;
  msg: string;
  /** As Python prints it, already quoted. */
  input: string;
  ctx?: string;
}

/** As Python prints a text. */
function quote(text: string): string {
  return text.includes("'") ? `"${text}"` : `'${text}'`;
}

/** Refuses a request whose body does not have the right form. */
export function refuseBody(issues: readonly ValidationIssue[]): VllmRefusal {
  const lines = issues.map(({ type, loc, msg, input, ctx }) => {
    const context = ctx === undefined ? "" : `, 'ctx': ${ctx}`;
    return `\n  {'type': '${type}', 'loc': '${loc}', 'msg': ${quote(msg)}, 'input': ${input}${context}}`;
  });
  const count = `${issues.length} validation error${issues.length === 1 ? "" : "s"}:`;
  return new VllmRefusal(count + lines.join(""), { type: "Bad Request", param: issues[0]?.loc ?? null });
}
