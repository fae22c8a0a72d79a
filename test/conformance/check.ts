/** The server under test, and how to reach it. */
export interface ConformanceContext {
  /** Root of the server, without `/v1` and without a slash at the end. */
  url: string;
  apiKey: string;
  /** The model id that it serves. */
  model: string;
  fetch: typeof fetch;
}

/** One behaviour of vLLM. */
export interface Check {
  name: string;
  /** Throws where the server behaves otherwise; expects nobody else to use the server meanwhile. */
  run(context: ConformanceContext): Promise<void>;
}

/** Takes the root of a server from a URL with or without `/v1` or slashes at its end. */
export function serverRoot(url: string): string {
  return url.replace(/\/+$/, "").replace(/\/v1$/, "");
}
