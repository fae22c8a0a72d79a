// Reports are sent around: nothing in one may be a key, or look like one.

import { loadSettings } from "workbook/settings";
import type { Notebook, Output } from "./notebook.ts";

/** How the keys of this stack look: long enough that names such as `hf_hub_download` are none. */
const shapes = [
  { pattern: /(?<![\w-])rpa_\w{6,}/, what: "what looks like a Runpod key (rpa_…)" },
  { pattern: /(?<![\w-])hf_\w{16,}/, what: "what looks like a Hugging Face token (hf_…)" },
  { pattern: /(?<![\w-])sk-[\w-]{16,}/, what: "what looks like an API key (sk-…)" },
];

/** Shorter ones are no secrets but words, such as the `EMPTY` of a server without a key. */
const shortestSecret = 8;

const colours = /\x1b\[[\d;]*[A-Za-z]/g;

/** The ways to read a text that a key may be hidden in; a header of basic authentication has it in base64. */
const readings: readonly ((text: string) => string)[] = [(text) => text, readMarkup, readEscapes, readBase64];

/** Variables of other programs that hold a secret: a cell that prints its environment shows them too. */
const secretVariable = /(?:^|_)(?:KEY|TOKEN|SECRET|PASSWORD)$/i;
const shortestForeignSecret = 16;

/** Returns the keys that are set on this machine, for comparison only. */
export function listKnownSecrets(): string[] {
  // Also in a rehearsal, whose own settings know no key: a cell can read the environment without them.
  const settings = loadSettings({ WORKBOOK_TARGET: "given" });
  const foreign = Object.entries(process.env)
    .filter(([name, value = ""]) => secretVariable.test(name) && value.length >= shortestForeignSecret)
    .map(([, value = ""]) => value);
  return [...settings.foundKeys, ...foreign];
}

/** Says where a notebook holds a secret, for people and without the secret; null where it holds none. */
export function findSecret({ cells }: Notebook, knownSecrets: readonly string[]): string | null {
  const counts = { code: 0, text: 0 };
  for (const { cell_type, source, outputs = [] } of cells) {
    const kind = cell_type === "code" ? "code" : "text";
    counts[kind] += 1;
    const inSource = describeSecret(source, knownSecrets);
    if (inSource !== null) return `${kind} cell ${counts[kind]} holds ${inSource}`;
    const inOutput = describeSecret(readOutputs(outputs), knownSecrets);
    if (inOutput !== null) return `the output of ${kind} cell ${counts[kind]} holds ${inOutput}`;
  }
  return null;
}

/** Says what secret a text holds, without the secret; null where it holds none. */
export function describeSecret(text: string, knownSecrets: readonly string[]): string | null {
  const plain = text.replace(colours, "").replace(/\p{Cf}/gu, "");
  const texts = readings.map((read) => read(plain));
  // A narrow window, and what writes base64, break a key in two.
  const joined = [plain, readBase64(withoutSpaces(plain))].map(withoutSpaces);
  const isIn = (secret: string) =>
    texts.some((one) => one.includes(secret)) || joined.some((one) => one.includes(withoutSpaces(secret)));
  if (knownSecrets.some((secret) => secret.length >= shortestSecret && isIn(secret)))
    return "a key that is set on this machine";
  return shapes.find(({ pattern }) => texts.some((one) => pattern.test(one)))?.what ?? null;
}

const characters: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', amp: "&" };

function readMarkup(text: string): string {
  return text
    .replace(/<[^<>]*>/g, "")
    .replace(/&#(x?)([\da-f]{1,6});/gi, (_, sign: string, code: string) => fromCode(code, sign ? 16 : 10))
    .replace(/&(lt|gt|quot|amp);/g, (entity, name: string) => characters[name] ?? entity);
}

function readEscapes(text: string): string {
  return text
    .replace(/\\[nrt]/g, "\n")
    .replace(/(?:%|\\x|\\u00)([\da-f]{2})/gi, (_, code: string) => fromCode(code, 16));
}

function fromCode(code: string, base: number): string {
  return String.fromCharCode(Number.parseInt(code, base));
}

function withoutSpaces(text: string): string {
  return text.replace(/\s+/g, "");
}

function readBase64(text: string): string {
  // Where the code begins is not known if a path or a name stands before it.
  const starts = [0, 1, 2, 3];
  const decode = (code: string) => Buffer.from(code, "base64").toString("latin1");
  const codes = [...text.matchAll(/[\w+/-]{11,}/g)];
  return codes.flatMap(([code]) => starts.map((start) => decode(code.slice(start)))).join("\n");
}

/** Joins all that a cell has put out: a key may begin in one piece of a stream and end in a later one. */
function readOutputs(outputs: readonly Output[]): string {
  const streamed = new Map<string, string>();
  const displayed: string[] = [];
  for (const output of outputs) {
    const { name, text } = output;
    if (name !== undefined && text !== undefined) streamed.set(name, (streamed.get(name) ?? "") + text);
    else collectTexts(output, displayed);
  }
  return [...streamed.values(), ...displayed].join("\n");
}

function collectTexts(value: unknown, texts: string[]): void {
  if (typeof value === "string") texts.push(value);
  // What Jupyter saves as a list of lines is one text.
  else if (Array.isArray(value) && value.every((item) => typeof item === "string"))
    texts.push(value.join(""));
  else if (typeof value === "object" && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      texts.push(name);
      collectTexts(item, texts);
    }
  }
}
