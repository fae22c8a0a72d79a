// Reports are sent around: nothing in one may be a key, or look like one.

import { loadSettings, secretSettings } from "workbook/settings";

/**
 * How the keys of this stack look: RunPod's, Hugging Face's, OpenAI's. Long enough that names such as
 * `hf_hub_download` are none.
 */
const shapes = [
  { pattern: /(?<![\w-])rpa_\w{6,}/, what: "what looks like a RunPod key (rpa_…)" },
  { pattern: /(?<![\w-])hf_\w{16,}/, what: "what looks like a Hugging Face token (hf_…)" },
  { pattern: /(?<![\w-])sk-[\w-]{16,}/, what: "what looks like an API key (sk-…)" },
];

/** Shorter ones are no secrets but words, such as the `EMPTY` of a server without a key. */
const shortestSecret = 8;

const colours = /\x1b\[[\d;]*[A-Za-z]/g;

/**
 * The ways to read a text that a key may be hidden in: as it stands, without markup, with its escapes resolved, and as base64,
 * which is how a header of basic authentication has it.
 *
 * @type {readonly ((text: string) => string)[]}
 */
const readings = [(text) => text, readMarkup, readEscapes, readBase64];

/** Variables of other programs that hold a secret: a cell that prints its environment shows them too. */
const secretVariable = /(?:^|_)(?:KEY|TOKEN|SECRET|PASSWORD)$/i;
const shortestForeignSecret = 16;

/**
 * Returns the keys that are set on this machine, for comparison only.
 *
 * Also in a rehearsal, whose own settings know no key: a cell can read the environment without them.
 * @returns {string[]}
 */
export function listKnownSecrets() {
  const settings = loadSettings({ WORKBOOK_TARGET: "given" });
  const foreign = Object.entries(process.env)
    .filter(([name, value = ""]) => secretVariable.test(name) && value.length >= shortestForeignSecret)
    .map(([, value = ""]) => value);
  return [...secretSettings.flatMap((name) => settings[name] ?? []), ...foreign];
}

/**
 * Says where a notebook holds a secret, for people and without the secret; null where it holds none.
 *
 * @param {{ cells: { cell_type: string, source: string | string[], outputs?: unknown[] }[] }} notebook
 * @param {readonly string[]} knownSecrets
 * @returns {string | null}
 */
export function findSecret(notebook, knownSecrets) {
  const counts = /** @type {Record<string, number>} */ ({});
  for (const cell of notebook.cells) {
    const kind = cell.cell_type === "code" ? "code" : "text";
    counts[kind] = (counts[kind] ?? 0) + 1;
    const inSource = describeSecret([cell.source].flat().join(""), knownSecrets);
    if (inSource !== null) return `${kind} cell ${counts[kind]} holds ${inSource}`;
    const inOutput = describeSecret(readOutputs(cell.outputs ?? []), knownSecrets);
    if (inOutput !== null) return `the output of ${kind} cell ${counts[kind]} holds ${inOutput}`;
  }
  return null;
}

/**
 * Says what secret a text holds, without the secret; null where it holds none.
 *
 * @param {string} text
 * @param {readonly string[]} knownSecrets
 * @returns {string | null}
 */
export function describeSecret(text, knownSecrets) {
  const plain = text.replace(colours, "");
  const read = readings.map((reading) => reading(plain));
  const isIn = (/** @type {string} */ secret) => read.some((one) => one.includes(secret));
  if (knownSecrets.some((secret) => secret.length >= shortestSecret && isIn(secret)))
    return "a key that is set on this machine";
  return shapes.find(({ pattern }) => read.some((one) => pattern.test(one)))?.what ?? null;
}

/** @param {string} text */
function readMarkup(text) {
  const characters = /** @type {Record<string, string>} */ ({
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
    "&#39;": "'",
    "&amp;": "&",
  });
  return text
    .replace(/<[^<>]*>/g, "")
    .replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => characters[entity] ?? entity);
}

/** @param {string} text */
function readEscapes(text) {
  return text
    .replace(/\\[nrt]/g, "\n")
    .replace(/%([\da-f]{2})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** @param {string} text */
function readBase64(text) {
  // Where the code begins is not known if a path or a name stands before it.
  return [...text.matchAll(/[\w+/-]{11,}/g)]
    .flatMap(([code]) =>
      [0, 1, 2, 3].map((start) => Buffer.from(code.slice(start), "base64").toString("latin1")),
    )
    .join("\n");
}

/**
 * Puts all that a cell has put out into one text. Text that was streamed comes in pieces: a key may begin in one and end in
 * the next of the same stream, whatever came between them.
 * @param {readonly unknown[]} outputs
 */
function readOutputs(outputs) {
  /** @type {Map<unknown, string[]>} */
  const streamed = new Map();
  /** @type {string[]} */
  const displayed = [];
  for (const output of outputs) {
    if (typeof output === "object" && output !== null && "text" in output && "name" in output) {
      const texts = streamed.get(output.name) ?? [];
      streamed.set(output.name, texts);
      collectTexts(output.text, texts);
    } else collectTexts(output, displayed);
  }
  return [...[...streamed.values()].map((texts) => texts.join("")), ...displayed].join("\n");
}

/**
 * @param {unknown} value
 * @param {string[]} texts
 */
function collectTexts(value, texts) {
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
