import { InputError } from "../errors.ts";
import { isLoopbackUrl } from "../network/index.ts";
import { cutEnd, findKeyOwner } from "../words/index.ts";

/**
 * Turns what people paste into the base URL of an OpenAI-compatible API: with a scheme, a `/v1`, no slash at the end.
 *
 * `https://host`, `https://host/`, `https://host/v1/` and `https://host/v1/chat/completions` all give
 * `https://host/v1`; a path that names a version already (`/api/v1`, `/v1beta/openai`) is kept.
 *
 * @throws InputError where the text is no web address.
 */
export function normalizeBaseUrl(text: string): string {
  const trimmed = text.trim();
  if (findKeyOwner(trimmed) !== null) {
    throw new InputError("What was given as the base URL looks like a key.", {
      remedy: "Give the address as baseUrl (or OPENAI_BASE_URL) and the key as apiKey (or OPENAI_API_KEY).",
    });
  }
  // As URL reads it: `https:/host` is `https://host` too, and an address that settings were judged by leads nowhere else.
  const withScheme = /^(https?:|[a-z]+:\/\/)/i.test(trimmed)
    ? trimmed
    : `${isLoopbackUrl(`http://${trimmed}`) ? "http" : "https"}://${trimmed}`;
  if (!URL.canParse(withScheme) || !/^https?:/i.test(withScheme)) {
    // What stands before an @ may be a password.
    const shown = trimmed.replace(/(?<![^/])[^/]*@/, "…@");
    throw new InputError(`The base URL "${shown}" is not a web address.`, {
      remedy: "It looks like https://<podId>-8000.proxy.runpod.net/v1 or http://127.0.0.1:8000/v1.",
    });
  }
  const url = new URL(withScheme);
  if (url.username !== "" || url.password !== "") {
    throw new InputError(`The base URL for ${url.host} carries a user name or password.`, {
      remedy: "Give the key as apiKey (or OPENAI_API_KEY) instead.",
    });
  }
  const path = cutEnd(url.pathname.replace(/\/(chat\/completions|completions|models)\/?$/, ""), "/");
  return `${url.origin}${/\/v\d+[a-z]*(\/|$)/.test(path) ? path : `${path}/v1`}`;
}

/** The address of a server's own routes, such as `/health` and `/version`, which lie beside `/v1`. */
export function serverRoot(baseUrl: string): string {
  return baseUrl.replace(/\/v\d+$/, "");
}
