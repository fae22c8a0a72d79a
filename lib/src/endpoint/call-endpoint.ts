import { findDeployment } from "./base-url.ts";

/** What servers without a key accept. */
export const noKey = "EMPTY";

/** Where an endpoint is called, and with what. */
export interface Access {
  readonly baseUrl: string;
  /** Secret. */
  readonly apiKey: string;
  /** What every call carries behind its path, with its question mark; it may hold a key. */
  readonly query?: string;
}

/** Writes the address of a route, such as `/models`, with what every call carries; `root` takes the place of the base URL. */
export function routeUrl(
  { baseUrl, query = "" }: Omit<Access, "apiKey">,
  route: string,
  root = baseUrl,
): string {
  return `${root}${route}${query}`;
}

/**
 * Writes the header that carries the key: `api-key` where Azure's own API wants it, which takes no other beside it.
 *
 * At its `/openai/v1` Azure takes keys as everybody does, and a token of Entra (a JWT) anywhere.
 */
export function keyHeaders({ baseUrl, apiKey }: Access): Record<string, string> {
  const isToken = /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(apiKey);
  return isAzure(baseUrl) && !isToken ? { "api-key": apiKey } : { authorization: `Bearer ${apiKey}` };
}

const azureHosts =
  /\.(openai\.azure|services\.ai\.azure|cognitiveservices\.azure|api\.cognitive\.microsoft)\.(com|us|cn)$/;

function isAzure(baseUrl: string): boolean {
  const { hostname, pathname } = new URL(baseUrl);
  if (findDeployment(baseUrl) !== null) return true;
  return azureHosts.test(hostname) && !/\/openai\/v\d+$/.test(pathname);
}

/** The names under which a query carries a key. */
const secretNames = /key|token|secret|password|auth|sig|code/i;

/** The keys that an endpoint is called with, its own and those of its query: no text may show them. */
export function listSecrets({ apiKey, query = "" }: Omit<Access, "baseUrl">): string[] {
  const inQuery = query
    .slice(1)
    .split("&")
    .flatMap((part) => {
      const [[name = "", value = ""] = []] = [...new URLSearchParams(part)];
      // As it is meant and as it is written.
      return secretNames.test(name) && value !== "" ? [value, part.slice(part.indexOf("=") + 1)] : [];
    });
  return apiKey === noKey ? inQuery : [apiKey, ...inQuery];
}
