import { BlockList, isIP, isIPv6 } from "node:net";

/** What became of a request that got no answer. */
export type NetworkProblem =
  | "nothing-listens"
  | "unknown-host"
  | "no-answer"
  | "no-secure-connection"
  | "broken-off"
  | "unreadable";

/** The codes of Node's sockets, of its TLS and of undici, which is Node's `fetch`. */
const problemsByCode: readonly [codes: RegExp, problem: NetworkProblem][] = [
  [/^ECONNREFUSED$/, "nothing-listens"],
  [/^(ENOTFOUND|EAI_AGAIN)$/, "unknown-host"],
  [/^(UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT|ETIMEDOUT)$/, "no-answer"],
  [/SSL|TLS|CERT|EPROTO/, "no-secure-connection"],
  [/^(HTTPParserError|HPE_.*|ECONNRESET|UND_ERR_SOCKET|EPIPE)$/, "broken-off"],
  // Headers without end, a body that is not packed as it says, a length that is not kept.
  [/^(UND_ERR_(HEADERS_OVERFLOW|RES_.*)|Z_.*|ERR__?BROTLI.*)$/, "unreadable"],
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

const loopback = blockList(["127.0.0.0/8", "0.0.0.0/32", "::1/128", "::/128"]);

// Networks that no router of the internet leads to: at home, in a company, between containers, in a tunnel.
const privateNetworks = blockList([
  ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"],
  ...["fc00::/7", "fe80::/10"],
]);
const privateName = /^[^.]+$|\.(local|internal|lan|home\.arpa)$/;

function blockList(subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = "", bits] = subnet.split("/");
    list.addSubnet(network, Number(bits), isIPv6(network) ? "ipv6" : "ipv4");
  }
  return list;
}

/** How far an address leads: to this machine, into a network that is not public, or anywhere. */
export function reachOf(address: string): "machine" | "private" | "public" {
  if (!URL.canParse(address)) return "public";
  // URL has written every form of an IP address alike: decimal, hexadecimal, short.
  const host = new URL(address).hostname.replace(/^\[|\]$/g, "");
  if (host === "localhost") return "machine";
  const family = isIP(host);
  if (family === 0) return privateName.test(host) ? "private" : "public";
  if (loopback.check(host, family === 6 ? "ipv6" : "ipv4")) return "machine";
  return privateNetworks.check(host, family === 6 ? "ipv6" : "ipv4") ? "private" : "public";
}

/** Whether an address is on this machine, where nothing is rented and plain http is fine. */
export function isLoopbackUrl(address: string): boolean {
  return reachOf(address) === "machine";
}

/** What leads to this machine never goes through a proxy of the environment: in this process, and in those it starts. */
function keepLoopbackFromProxy(environment: NodeJS.ProcessEnv): void {
  const spellings = ["no_proxy", "NO_PROXY"].filter((name) => environment[name] !== undefined);
  for (const name of spellings.length === 0 ? ["NO_PROXY"] : spellings) {
    const listed = (environment[name] ?? "").split(/[\s,]+/).filter((host) => host !== "");
    const hosts = ["localhost", "127.0.0.1", "[::1]", "0.0.0.0"].filter((host) => !listed.includes(host));
    // An asterisk must stand alone: it already means every host.
    if (!listed.includes("*")) environment[name] = [...listed, ...hosts].join(",");
  }
}

// Node reads the list at every request, so it works also where a kernel or a script was started without it.
keepLoopbackFromProxy(process.env);
