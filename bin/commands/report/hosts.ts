// The hosts that a report names: public ones stay, any other has a number in the report instead of its name or address.

import { isIP, isIPv4, isIPv6 } from "node:net";
import { isTelling } from "./common-names.ts";
import { isInternalHost, isPublicHost } from "./public-hosts.ts";
import { escapePattern, mapTexts } from "./texts.ts";

/**
 * Before a word; colours, codes of addresses and line ends that are written out end in a letter or a digit, and
 * `.a.de` or `*.a.de` is all below a domain.
 */
export const wordStart = String.raw`(?:(?<![\w.-])|(?<=\x1b\[[\d;]{0,12}m|%[0-9A-Fa-f]{2}|\\[nrt]|(?<![\w)\]*.])\*?\.))`;
const wordEnd = String.raw`(?![\w-]|\.\w)`;

const address4 = String.raw`\d{1,3}(?:\.\d{1,3}){3}`;
const privateAddress4 = String.raw`(?=(?:10|127|192\.168|172\.(?:1[6-9]|2\d|3[01])|169\.254)\.)${address4}`;
const address6 = String.raw`(?:[\da-f]{0,4}:){2,8}(?:${address4}|[\da-f]{0,4})(?:%[\w.-]{1,20})?`;
const dottedName = String.raw`(?:[a-z0-9][\w-]{0,62}\.){1,8}[a-z]{2,24}`;
const anyHost = String.raw`(?:${address4}|[a-z0-9][\w-]{0,62}(?:\.[a-z0-9][\w-]{0,62}){0,8})`;
const inAddress = String.raw`[^\s/?#:@\\"'<>()[\]{},;&|%*$\x60]`;

/** Programs have versions of four numbers, such as Chrome/131.0.0.0. */
const noVersionBefore = String.raw`(?<!\b(?:v(?:er|ersion)?|version|release|build|driver|cuda|cudnn|tensorrt|nccl|cublas|nvidia[\w-]{0,40})[\s:="'(]{1,3})`;
const noVersionSignBefore = String.raw`(?<!(?:[=~<>!]=|[~^]|[A-Za-z]/|\w-)\s?)`;

/** What has a host for its value, in code, settings and headers. */
const hostProperty = String.raw`(?:\b|_)(?:host(?:_?name)?|server_?name|node_?name|domain|fqdn|peer|addr)`;

interface Place {
  /** Matches nothing but the host. */
  pattern: RegExp;
  /** Whether what was found is one, where the pattern alone does not tell. */
  isHost?: (text: string) => boolean;
  /** In code and prose names with dots are properties, and `host:` begins a type. */
  onlyInOutputs?: true;
}

/** Where a text names hosts. */
const places: readonly Place[] = [
  // http://…, also as JSON and addresses write it, with a user's name, and in brackets.
  {
    pattern: new RegExp(
      String.raw`(?<=(?::|%3A)(?:\\?/|%2F){2}(?:[^\s/@"'<>[\]]{0,200}@)?)(?:\[[\da-f:.]{2,45}(?:%[\w.-]{1,20})?\]|${inAddress}{1,253}(?!${inAddress}|:\{mail\}))`,
      "gi",
    ),
    isHost: (text) => /[\p{L}\d]/u.test(text),
  },
  { pattern: new RegExp(`(?<=(?:["'=(]|: )//)${dottedName}`, "gi"), isHost: hasDomain },
  // git@…, and a prompt or a path of scp. What npm has behind an @ is a version.
  {
    pattern: new RegExp(String.raw`(?<=\w@)(?:${dottedName}|${address4})${wordEnd}`, "gi"),
    isHost: (text) => isIPv4(text) || hasDomain(text),
  },
  { pattern: /(?<=[\w}]@)[a-z][\w-]{0,62}(?=:[~/]| [~/][^\s\]]{0,100}\][$#])/gi },
  {
    pattern: new RegExp(String.raw`(?<=\b(?:ssh|scp|sftp|rsync)\b[^\n@]{0,100}@)${anyHost}${wordEnd}`, "gi"),
  },
  // One of four digits is no machine's address.
  {
    pattern: new RegExp(
      String.raw`${noVersionBefore}(?:${wordStart}|(?<=\d-))(?:${address4}(?=:\d{2,5}\b)|(?!\d(?:\.\d){3}(?!\d))(?:${privateAddress4}|${noVersionSignBefore}${address4}))(?!\w|\.\d|-[a-z])`,
      "gi",
    ),
    isHost: isIPv4,
  },
  {
    pattern: new RegExp(String.raw`(?:(?<![\w:.-])|(?<=\x1b\[[\d;]{0,12}m))${address6}(?![\w:])`, "gi"),
    isHost: isPlausibleIPv6,
  },
  {
    pattern: new RegExp(String.raw`${wordStart}(?<![@/])${dottedName}(?=:\d{2,5}(?![\w:.]))`, "gi"),
    isHost: hasDomain,
  },
  // What the system and the libraries say of a host that does not answer.
  {
    pattern: new RegExp(
      String.raw`(?<=\bgetaddrinfo E[A-Z_]{2,20} |\bresolve host(?:name)?:? ["']?|\b(?:failed to|not) resolve ["'])${anyHost}${wordEnd}`,
      "gi",
    ),
  },
  {
    pattern: new RegExp(
      String.raw`(?<=\b(?:ENOTFOUND|EAI_[A-Z]{1,20}|ETIMEDOUT|E(?:CONN|HOST|NET)[A-Z]{1,20}|connect to host) )(?:${anyHost}(?=:\d| port )|(?=[\w-]{1,63}\.\w)${anyHost}${wordEnd})`,
      "g",
    ),
  },
  // Names in a certificate.
  { pattern: new RegExp(String.raw`(?<=\bDNS:(?:\*\.)?|\bCN ?= ?)${anyHost}${wordEnd}`, "g") },
  {
    pattern: new RegExp(String.raw`(?<=${hostProperty}["']?\s{0,3}[:=]\s{0,3}["'])${anyHost}(?=["'])`, "gi"),
    onlyInOutputs: true,
  },
  {
    pattern: new RegExp(
      String.raw`(?<=${hostProperty}(?:\s{0,3}[:=]\s{0,3}\.?| ))(?:${dottedName}|[a-z][a-z-]*\d[\w-]*|(?<=[:=] {0,3})[a-z]\w*-[\w-]+)${wordEnd}(?!\()`,
      "gi",
    ),
    onlyInOutputs: true,
    isHost: (text) => !text.includes(".") || hasDomain(text),
  },
  {
    pattern: new RegExp(String.raw`${wordStart}(?<![@/\\{$])${dottedName}(?![\w([-]|\.\w)`, "g"),
    isHost: isCommonForm,
    onlyInOutputs: true,
  },
];

/** Endings of files, which look like those of hosts. */
const fileEndings = new Set(
  "bin c cc cfg cjs conf cpp cs css csv cts cu env gguf go gz h hpp html ini ipynb java js json jsonl jsx kt lock log md mjs mts parquet pdf php png pt py pyi pyx rb rs sh so sql svg toml ts tsv tsx txt vue xml yaml yml zip".split(
    " ",
  ),
);
const commonEndings =
  /\.(?:com|net|org|edu|gov|mil|eu|de|ch|fr|uk|nl|pl|se|dk|fi|es|pt|cz|jp|cn|kr|au|ca|br|ru|ua|io|cloud)$/;

function hasDomain(host: string): boolean {
  const ending = /\.([a-z]{2,24})$/i.exec(host)?.[1]?.toLowerCase();
  if (ending === undefined || fileEndings.has(ending)) return false;
  return ending.length === 2 || commonEndings.test(host.toLowerCase()) || isInternalHost(host.toLowerCase());
}

/** A name with dots that nothing introduces: `a.b.de` is a host, `usage.details` a property, `gpu.csv` a file. */
function isCommonForm(host: string): boolean {
  const labels = host.split(".").length;
  if (isInternalHost(host)) return labels > 2 || /[\d-]/.test(host);
  return labels > 2 && commonEndings.test(host);
}

/** Two words with colons between can be an address, too: what the world gives out begins with four digits. */
function isPlausibleIPv6(text: string): boolean {
  const [address = ""] = text.split("%");
  if (!isIPv6(address) || !/\d/.test(address)) return false;
  const groups = address.split(":");
  return (
    /^::ffff:/i.test(address) ||
    groups[0]?.length === 4 ||
    (groups.length === 8 && /[\da-f]{3}/i.test(address))
  );
}

const endOfSentence = /\.{1,3}$/;

function normalise(text: string): string {
  const [host = ""] = text.replace(/^\[|\]$/g, "").split("%");
  return host.replace(endOfSentence, "").toLowerCase();
}

/** The part of a name that a firm or a network has for all its hosts. */
function baseOf(host: string): string {
  if (isIP(host) !== 0) return host;
  const labels = host.split(".");
  const isShared = /^(?:ac|co|com|edu|gov|net|org|azure|cluster|compute|home|svc)$/.test(labels.at(-2) ?? "");
  return labels.slice(isShared ? -3 : -2).join(".");
}

/**
 * Returns functions that replace hosts by `{host1}`, `{host2}` and so on, the same host by the same number.
 *
 * A host that is recognised in one place is replaced in all. Public hosts stay, also those that the notebook's
 * own code or prose names; those of this run never do, unless the whole world knows them.
 */
export function createHostHider({
  knownHosts,
  shown,
  ownText,
}: {
  /** Of this machine, of its settings. */
  knownHosts: readonly string[];
  /** What cells have put out, and what stands beside them. */
  shown: unknown;
  /** The code and the prose of the notebook. */
  ownText: string;
}): { inTexts: (text: string) => string; inOutputs: (text: string) => string } {
  const known = knownHosts.map(normalise).filter((host) => host !== "" && !isPublicHost(host));
  const own = new Set<string>();
  replaceHosts(ownText, false, (text) => {
    const host = normalise(text);
    if (!isInternalHost(host) && !known.includes(host)) own.add(host);
    return text;
  });
  const numbers = new Map<string, number>();
  const hide = (text: string) => {
    const host = normalise(text);
    if (host === "" || isPublicHost(host) || own.has(host)) return text;
    if (!numbers.has(host)) numbers.set(host, numbers.size + 1);
    return `{host${numbers.get(host)}}${endOfSentence.exec(text)?.[0] ?? ""}`;
  };
  let anywhere = anywherePattern(known);
  const inTexts = (text: string) => replaceHosts(text, false, hide).replace(anywhere, hide);
  const inOutputs = (text: string) => replaceHosts(text, true, hide).replace(anywhere, hide);
  inTexts(ownText);
  mapTexts(shown, inOutputs);
  anywhere = anywherePattern([...numbers.keys()].filter((host) => known.includes(host) || /[.:]/.test(host)));
  return { inTexts, inOutputs };
}

function replaceHosts(text: string, isOutput: boolean, change: (host: string) => string): string {
  return places
    .filter(({ onlyInOutputs }) => isOutput || !onlyInOutputs)
    .reduce(
      (changed, { pattern, isHost }) =>
        changed.replace(pattern, (found) => (isHost === undefined || isHost(found) ? change(found) : found)),
      text,
    );
}

/** Matches hosts wherever they stand as a word, with what lies below the same domain. */
function anywherePattern(hosts: readonly string[]): RegExp {
  const words = hosts.filter((host) => host.includes(":") || isTelling(host));
  if (words.length === 0) return /(?!)/g;
  const escaped = [...new Set(words.map(baseOf))].map(escapePattern);
  const below = String.raw`(?:[a-z0-9][\w-]{0,62}\.){0,8}`;
  return new RegExp(`(?:${wordStart}|(?<=@))${below}(?:${escaped.join("|")})(?![\\w-]|\\.\\d)`, "gi");
}
