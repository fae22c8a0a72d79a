import { InputError } from "../errors.ts";
import { isLoopbackUrl } from "../network/index.ts";
import { cutEnd, findKeyOwner } from "../words/index.ts";

/** The addresses that a pasted text can mean. */
export interface AddressReading {
  /** Base URLs of an OpenAI-compatible API, without a slash at the end, in the order in which they are to be tried. */
  candidates: readonly string[];
  /** What every call carries behind its path, with its question mark; empty for most. It may hold a key. */
  query: string;
}

/** What people paste with the address: the route that somebody's example calls. */
const routes = /\/(chat\/completions|chat|completions|responses|embeddings|models)$/i;

/** A part of a path that names a version: `v1`, `v1beta`, `v4`. */
const version = /^v\d[\w.]*$/i;

/**
 * Reads what people paste as the address of an OpenAI-compatible API; a missing scheme is added, a route's end cut off.
 *
 * A path that ends in a version, or leads to a deployment of Azure's, is taken as it is. Else it is not known whether
 * `/v1` belongs behind it: `https://host` can mean `https://host/v1`, `https://host` and `https://host/openai/v1`. Where
 * a whole route was pasted, or a version stands further in front, the path as it is comes first.
 *
 * @throws InputError where the text is no web address.
 */
export function readBaseUrl(text: string): AddressReading {
  const url = parseAddress(text.trim());
  const whole = cutEnd(url.pathname, "/");
  const path = cutEnd(whole.replace(routes, ""), "/");
  const parts = path.split("/");
  const at = (...paths: string[]) => [...new Set(paths)].map((one) => url.origin + one);
  const query = url.search === "?" ? "" : url.search;
  if (version.test(parts.at(-1) ?? "") || findDeployment(path) !== null)
    return { candidates: at(path), query };
  const hosted = parts.at(-1) === "openai" ? [] : [`${path}/openai/v1`];
  const isNamed = path !== whole || parts.some((part) => version.test(part));
  // Azure's AI Foundry has its API itself at /models.
  const own = /\/models$/i.test(whole) ? [whole] : [];
  const candidates = isNamed
    ? at(path, `${path}/v1`, ...own, ...hosted)
    : at(`${path}/v1`, path, ...own, ...hosted);
  return { candidates, query };
}

function parseAddress(text: string): URL {
  if (findKeyOwner(text) !== null) {
    throw new InputError("The given base URL looks like a key.", {
      remedy: "Give the address as baseUrl (or OPENAI_BASE_URL) and the key as apiKey (or OPENAI_API_KEY).",
    });
  }
  // As URL reads it: `https:/host` is `https://host` too, and an address that settings were judged by leads nowhere else.
  const withScheme = /^(https?:|[a-z]+:\/\/)/i.test(text)
    ? text
    : `${isLoopbackUrl(`http://${text}`) ? "http" : "https"}://${text}`;
  if (!URL.canParse(withScheme) || !/^https?:/i.test(withScheme)) {
    // What stands before an @ may be a password, and a query may hold a key.
    const [shown = ""] = text.replace(/(?<![^/])[^/]*@/, "…@").split("?");
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
  return url;
}

/** The deployment that an address of Azure's names, which stands for its model; `null` for all others. */
export function findDeployment(baseUrl: string): string | null {
  return /\/deployments\/([^/]+)$/i.exec(baseUrl)?.[1] ?? null;
}

/** The address of a server's own routes, such as `/health` and `/version`, which lie beside `/v1`. */
export function serverRoot(baseUrl: string): string {
  return baseUrl.replace(/\/v\d+$/, "");
}
