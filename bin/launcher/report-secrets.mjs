// Reports are sent around: nothing in one may be a key, or look like one.

import { loadSettings, secretSettings } from "workbook/dist/settings.js";

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
  if (knownSecrets.some((secret) => secret.length >= shortestSecret && plain.includes(secret)))
    return "a key that is set on this machine";
  return shapes.find(({ pattern }) => pattern.test(plain))?.what ?? null;
}

/**
 * Puts all that a cell has put out into one text. Text that was streamed comes in pieces: a key may begin in one and end in
 * the next.
 * @param {readonly unknown[]} outputs
 */
function readOutputs(outputs) {
  /** @type {string[]} */
  const streamed = [];
  /** @type {string[]} */
  const displayed = [];
  for (const output of outputs) {
    const isStream = typeof output === "object" && output !== null && "text" in output;
    collectTexts(isStream ? output.text : output, isStream ? streamed : displayed);
  }
  return [streamed.join(""), ...displayed].join("\n");
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
    for (const item of Object.values(value)) collectTexts(item, texts);
  }
}
