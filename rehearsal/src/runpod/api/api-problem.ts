import { STATUS_CODES } from "node:http";

/** An answer of the API that refuses a call, in the form of RFC 9457. */
export class ApiProblem extends Error {
  override name = "ApiProblem";
  readonly status: number;
  readonly errors: readonly string[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    detail: string,
    options: { errors?: readonly string[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.status = status;
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
  }

  body(): object {
    const { status, message: detail, errors } = this;
    const problem = { title: STATUS_CODES[status] ?? "Error", status, detail };
    return errors.length === 0 ? problem : { ...problem, errors };
  }
}

/** Refuses a body or a query that breaks the contract; each error names the field. */
export function invalidRequest(...errors: string[]): ApiProblem {
  return new ApiProblem(422, "Request validation failed.", { errors });
}

/** Refuses an id that nothing has. */
export function notFound(): ApiProblem {
  return new ApiProblem(404, "resource not found");
}

/** What the API says when no host has what a pod asks for; it has no code of its own, only these words. */
export function noCapacity(): ApiProblem {
  return new ApiProblem(
    400,
    "There are no longer any instances available with the requested specifications. Please refresh and try again.",
  );
}
