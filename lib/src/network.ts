/** What became of a request that got no answer. */
export type NetworkProblem =
  | "nothing-listens"
  | "unknown-host"
  | "no-answer"
  | "no-secure-connection"
  | "broken-off";

/** The codes of Node's sockets, of its TLS and of undici, which is Node's `fetch`. */
const problemsByCode: readonly [codes: RegExp, problem: NetworkProblem][] = [
  [/^ECONNREFUSED$/, "nothing-listens"],
  [/^(ENOTFOUND|EAI_AGAIN)$/, "unknown-host"],
  [/^(UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT|ETIMEDOUT)$/, "no-answer"],
  [/SSL|TLS|CERT|EPROTO/, "no-secure-connection"],
  [/^(HTTPParserError|HPE_.*|ECONNRESET|UND_ERR_SOCKET|EPIPE)$/, "broken-off"],
];

/**
 * Reads from an error of Node's network and its causes what went wrong.
 *
 * `code` is Node's own, such as `ECONNREFUSED`; it is `null` where a signal's time limit ended the request, and where no
 * cause has a code. `problem` is `null` where the table does not know the code.
 */
export function readNetworkError(error: unknown): { code: string | null; problem: NetworkProblem | null } {
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    if (current.name === "TimeoutError") return { code: null, problem: "no-answer" };
    // undici's parser error may have no code; its name says as much.
    const own = "code" in current && typeof current.code === "string" ? current.code : null;
    if (own === null && current.name !== "HTTPParserError") continue;
    const code = own ?? current.name;
    return { code, problem: problemsByCode.find(([codes]) => codes.test(code))?.[1] ?? null };
  }
  return { code: null, problem: null };
}

/** Whether an address is on this machine, where nothing is rented and plain http is fine. */
export function isLoopbackUrl(address: string): boolean {
  if (!URL.canParse(address)) return false;
  return /^(localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1\])$/.test(new URL(address).hostname);
}
