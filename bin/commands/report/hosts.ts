// The hosts that a report names: public ones stay, any other has a number in the report instead of its name or address.

import { isIP, isIPv4, isIPv6 } from "node:net";
import { isTelling } from "./common-names.ts";
import { isInternalHost, isPublicHost } from "./public-hosts.ts";
import { escapePattern, mapTexts } from "./texts.ts";

/** Before a word; colours, codes of addresses and line ends that are written out end in a letter or a digit. */
export const wordStart = String.raw`(?:(?<![\w.-])|(?<=\x1b\[[\d;]{0,12}m|%[0-9A-Fa-f]{2}|\\[nrt]))`;
const wordEnd = String.raw`(?![\w-]|\.\w)`;

const address4 = String.raw`\d{1,3}(?:\.\d{1,3}){3}`;
const dottedName = String.raw`(?:[a-z0-9][\w-]{0,62}\.){1,8}[a-z]{2,24}`;
const anyHost = String.raw`(?:${address4}|[a-z0-9][\w-]{0,62}(?:\.[a-z0-9][\w-]{0,62}){0,8})`;

interface Around {
  before: string;
  /** The host with what introduces it. */
  whole: string;
  after: string;
}

/** A way to recognise a host: the pattern's last group is the host, what stands before it the groups before. */
interface Place {
  pattern: RegExp;
  /** Whether what was found is a host. */
  isHost: (host: string, around: Around) => boolean;
  /** In code and prose names with dots are properties, and `host:` begins a type. */
  onlyInOutputs?: true;
}

const places: readonly Place[] = [
  {
    // http://…, also as JSON and addresses write it, with a user's name, and in brackets.
    pattern:
      /((?::|%3A)(?:\\?\/|%2F){2}(?:[^\s/@"'<>[\]]{0,200}@)?)(\[[\da-f:.]{2,45}(?:%[\w.-]{1,20})?\]|[^\s/?#:@\\"'<>()[\]{},;&|%*$`]{1,253})/gi,
    isHost: (host, { after }) => /[\p{L}\d]/u.test(host) && !after.startsWith(":{mail}"),
  },
  { pattern: new RegExp(`(?<=["'=(])(//)(${dottedName})`, "gi"), isHost: hasDomain },
  // git@…, and a prompt or a path of scp.
  { pattern: new RegExp(`(?<=\\w@)(${dottedName}|${address4})${wordEnd}`, "gi"), isHost: isHostBehindAt },
  { pattern: /(?<=[\w}]@)([a-z][\w-]{0,62})(?=:[~/]| [~/][^\s\]]{0,100}\][$#])/gi, isHost: () => true },
  {
    pattern: new RegExp(`(\\b(?:ssh|scp|sftp|rsync)\\b[^\\n@]{0,100}@)(${anyHost})${wordEnd}`, "gi"),
    isHost: () => true,
  },
  {
    pattern: new RegExp(`${wordStart}(${address4})(?!\\w|\\.\\d|-[a-z])`, "g"),
    isHost: (host, around) => isIPv4(host) && !isVersion(host, around),
  },
  {
    pattern: new RegExp(
      `(?:(?<![\\w:.-])|(?<=\\x1b\\[[\\d;]{0,12}m))((?:[\\da-f]{0,4}:){2,8}(?:${address4}|[\\da-f]{0,4})(?:%[\\w.-]{1,20})?)(?![\\w:])`,
      "gi",
    ),
    isHost: isPlausibleIPv6,
  },
  {
    pattern: new RegExp(`${wordStart}(?<![@/])(${dottedName})(?=:\\d{2,5}(?![\\w:.]))`, "gi"),
    isHost: hasDomain,
  },
  {
    pattern: new RegExp(
      `(\\b(?:ENOTFOUND|EAI_[A-Z]+|ECONN[A-Z]+|ETIMEDOUT|E(?:HOST|NET)[A-Z]+) |\\bDNS:|\\bCN ?= ?|\\bresolve(?: host)?:? ["']?)(${anyHost})${wordEnd}`,
      "g",
    ),
    isHost: () => true,
  },
  {
    pattern: new RegExp(
      `(\\b(?:host(?:_?name)?|server_?name|node_?name|domain|fqdn|peer)["']?\\s{0,3}[:=]\\s{0,3}["'])(${anyHost})(?=["'])`,
      "gi",
    ),
    isHost: () => true,
    onlyInOutputs: true,
  },
  {
    pattern: new RegExp(
      `(\\b(?:host(?:_?name)?|server_?name|node_?name|domain|fqdn|peer)(?:\\s{0,3}[:=]\\s{0,3}| ))(${anyHost})${wordEnd}(?!\\()`,
      "gi",
    ),
    isHost: (host, { whole }) =>
      hasDomain(host) || /^[a-z][a-z-]*\d[\w-]*$/i.test(host) || /[:=] *[a-z]\w*-[\w-]+$/i.test(whole),
    onlyInOutputs: true,
  },
  {
    pattern: new RegExp(`${wordStart}(?<![@/\\\\{$])(${dottedName})(?![\\w([-]|\\.\\w)`, "g"),
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

/** What npm has behind an @ is a version. */
function isHostBehindAt(host: string): boolean {
  return isIPv4(host) || hasDomain(host);
}

const versionWord =
  /(?:\bv(?:er|ersion)?|version|release|build|driver|cuda|cudnn|tensorrt|nccl|cublas|nvidia[\w-]*)[\s:="'(]{1,3}$/i;
const versionSign = /(?:[=~<>!]=|[~^]|[A-Za-z]\/|\w-)\s?$/;

/** Programs have versions of four numbers, such as Chrome/131.0.0.0; one of four digits is no machine's address. */
function isVersion(host: string, { before, after }: Around): boolean {
  if (versionWord.test(before)) return true;
  if (/^:\d{2,5}\b/.test(after)) return false;
  if (/^\d(?:\.\d){3}$/.test(host)) return true;
  return versionSign.test(before) && !/^(?:10|127|192\.168|172\.(?:1[6-9]|2\d|3[01])|169\.254)\./.test(host);
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
export function createHostHider(given: {
  /** Of this machine, of its settings. */
  knownHosts: readonly string[];
  /** What cells have put out, and what stands beside them. */
  shown: unknown;
  /** The code and the prose of the notebook. */
  ownText: string;
}): { inTexts: (text: string) => string; inOutputs: (text: string) => string } {
  const known = given.knownHosts.map(normalise).filter((host) => host !== "" && !isPublicHost(host));
  const numbers = new Map<string, number>();
  const own = new Set(
    findHosts(given.ownText).filter((host) => !isInternalHost(host) && !known.includes(host)),
  );
  const hide = (text: string) => {
    const host = normalise(text);
    if (host === "" || isPublicHost(host) || own.has(host)) return text;
    if (!numbers.has(host)) numbers.set(host, numbers.size + 1);
    return `{host${numbers.get(host)}}${endOfSentence.exec(text)?.[0] ?? ""}`;
  };
  const hideAnywhere = (text: string, pattern: RegExp | null) =>
    pattern ? text.replace(pattern, hide) : text;
  const knownPattern = anywherePattern(known);
  const hideFound = (text: string, isOutput: boolean) =>
    hideAnywhere(replaceHosts(text, isOutput, hide), knownPattern);
  hideFound(given.ownText, false);
  mapTexts(given.shown, (text) => hideFound(text, true));
  const pattern = anywherePattern(
    [...numbers.keys()].filter((host) => known.includes(host) || /[.:]/.test(host)),
  );
  return {
    inTexts: (text) => hideAnywhere(hideFound(text, false), pattern),
    inOutputs: (text) => hideAnywhere(hideFound(text, true), pattern),
  };
}

function findHosts(text: string): string[] {
  const hosts: string[] = [];
  replaceHosts(text, false, (host) => {
    hosts.push(normalise(host));
    return host;
  });
  return hosts;
}

function replaceHosts(text: string, isOutput: boolean, change: (host: string) => string): string {
  return places.reduce((changed, { pattern, isHost, onlyInOutputs }) => {
    if (onlyInOutputs && !isOutput) return changed;
    return changed.replace(pattern, (whole: string, ...found) => {
      const index = found.findLastIndex((item) => typeof item === "number");
      const [host, offset]: [string, number] = [found[index - 1], found[index]];
      const end = offset + whole.length;
      const before = changed.slice(Math.max(0, offset - 30), offset);
      if (!isHost(host, { before, whole, after: changed.slice(end, end + 8) })) return whole;
      return whole.slice(0, whole.length - host.length) + change(host);
    });
  }, text);
}

/** Matches hosts wherever they stand as a word, with what lies below the same domain; null where there is none. */
function anywherePattern(hosts: readonly string[]): RegExp | null {
  const words = hosts.filter((host) => host.includes(":") || isTelling(host));
  if (words.length === 0) return null;
  const escaped = [...new Set(words.map(baseOf))].map(escapePattern);
  const below = String.raw`(?:[a-z0-9][\w-]{0,62}\.){0,8}`;
  return new RegExp(`(?:${wordStart}|(?<=@))${below}(?:${escaped.join("|")})(?![\\w-]|\\.\\d)`, "gi");
}
