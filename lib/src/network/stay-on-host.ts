import { WorkbookError } from "../errors.ts";

/** A server sent a request on to somewhere else; it did not go there. The message names both. */
export class RedirectError extends WorkbookError {
  override name = "RedirectError";
  /** Where it was to go, without its query; `null` where that is no address. */
  readonly target: string | null;

  constructor(address: string, location: string) {
    const from = new URL(address);
    const to = URL.canParse(location, address) ? new URL(location, address) : null;
    const target = to === null ? null : `${to.protocol}//${to.host}${to.pathname}`.slice(0, 300);
    super(
      `${from.origin}${from.pathname} sends requests on to ${target ?? "what is no address"}: a key and a conversation ` +
        "go only where they were meant to go, so nothing was sent there.",
      { remedy: "If that is the right place, give its address; else look at what answers at the first." },
    );
    this.target = target;
  }
}

/**
 * Wraps a fetch so that it follows no redirect: what a request carries reaches the host that was asked, or nobody.
 *
 * The fetch throws a RedirectError instead.
 */
export function stayOnHost(request: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await request(input, { ...init, redirect: "manual" });
    const location = response.headers.get("location");
    if (location === null || response.status < 300 || response.status >= 400) return response;
    await response.body?.cancel();
    throw new RedirectError(input instanceof Request ? input.url : String(input), location);
  };
}
