// Which hosts a report may name: this machine itself, well-known services, and the sources of the facts.

import { globSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { inProject } from "../../set-up/project.mjs";

/** With all that lies below them: nobody's own names are there. */
const publicDomains = [
  ..."apache.org arxiv.org creativecommons.org docker.com docker.io doi.org example example.com example.net example.org ghcr.io github.com githubusercontent.com".split(
    " ",
  ),
  ..."gnu.org hf.co huggingface.co json-schema.org jupyter.org kubernetes.io mozilla.org nodejs.org npmjs.com npmjs.org".split(
    " ",
  ),
  ..."nvidia.com ollama.com openai.com opensource.org pypa.io pypi.org python.org pythonhosted.org readthedocs.io".split(
    " ",
  ),
  ..."runpod.ai runpod.io runpod.net vllm.ai w3.org whatwg.org wikipedia.org".split(" "),
];

/** Alone, without what may lie below them. */
const publicHosts = [
  ..."pola.rs vega.github.io zod.dev".split(" "),
  // A place in a sentence about addresses, not an address.
  ..."host hostname name url".split(" "),
];

const internalDomain =
  /\.(?:internal|intern|intranet|local|lan|corp|home|private|localdomain|arpa|ts\.net|svc)$/;

let sources: ReadonlySet<string> | undefined;

/** Returns whether a host (in lower case) says nothing about anybody. */
export function isPublicHost(host: string): boolean {
  sources ??= readSources();
  const name = host.replace(/^www\./, "");
  return (
    isThisMachine(host) ||
    publicHosts.includes(name) ||
    sources.has(host) ||
    publicDomains.some((domain) => name === domain || name.endsWith(`.${domain}`))
  );
}

/** Returns whether a host can be reached, or is known, only from near by: an address in numbers, or a name of a network's own. */
export function isInternalHost(host: string): boolean {
  return isIP(host) !== 0 || !host.includes(".") || internalDomain.test(host);
}

function isThisMachine(host: string): boolean {
  const address = host.replace(/^::ffff:/, "");
  return /^(?:.*\.)?localhost$|^127(?:\.\d+){3}$|^0\.0\.0\.0$|^255(?:\.\d+){3}$|^::1?$/.test(address);
}

/** The hosts that the tables of facts and of errors name. */
function readSources(): ReadonlySet<string> {
  const texts = globSync(inProject("lib/data/*.csv")).map((file) => readFileSync(file, "utf8"));
  const hosts = texts.join("\n").matchAll(/https?:\/\/([a-z0-9.-]+)/g);
  return new Set([...hosts].map(([, host = ""]) => host.replace(/\.$/, "")));
}
