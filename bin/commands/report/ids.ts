// The ids of pods and endpoints: with one, anybody could call it.

import { globSync } from "node:fs";
import { join } from "node:path";
import { readIfPresent } from "../../set-up/project.mjs";
import { escapePattern, mapCells, mapTexts } from "./texts.ts";

/** Whatever stands here in an address is an id. */
const addresses = [
  /(?:\b|%2F)([a-z0-9]{6,})(?=-\d+\.proxy\.runpod\.net)/gi,
  /\b([a-z0-9]{6,})(?=\.api\.runpod\.ai)/gi,
  /\bapi\.runpod\.ai\/v2\/([a-z0-9]{6,})/gi,
];

/** An id is a whole word: `qwen25coder-7b` is a model, and so is `smollm2135m:latest`. */
const word = /[a-z0-9]{1,64}(?![\w-]|[.:/]\w)/.source;

/** Where a text names ids; the last is the shape alone, with a letter that no drawing's path and no commit's hash has. */
const places = [
  /\/(?:pods|endpoints|serverless|proxy)\/([a-z0-9]+)/g,
  new RegExp(
    `(?:\\b|(?:\\b|_)(?:pod(?:_?host)?|endpoint|template|machine|(?:network_?)?volume)_?)id["']?\\s*[:=]\\s*["']?(${word}|\\w{10,20}(?=-\\w{8}\\b))`,
    "gi",
  ),
  new RegExp(`\\b(?:pod|endpoint|volume|template|secret)s?:? ((?:["']?${word}["']?(?:, | and )?)+)`, "gi"),
  /(?<![\w.-])(?!0x)((?=[a-z]*\d[a-z]*\d)(?=[\da-z]*[gijknopruwxy])[a-z0-9]{13,14})(?![\w-])/g,
];

const idColumn = /^(?:pod|endpoint)?\s*id$/i;

/** As Runpod draws ids: ten characters and more, letters and digits mixed. */
const form = /^(?=.*\d)(?=.*[a-z])[a-z0-9]{10,}$/;

/** Finds the ids that a value shows, wherever it says that they are some. */
export function findIds(value: unknown): string[] {
  const ids = new Set<string>();
  const addIfId = (text: string) => {
    for (const id of text.split(/[^A-Za-z0-9]+/)) if (form.test(id)) ids.add(id);
    return text;
  };
  mapTexts(value, (text) => {
    for (const address of addresses) for (const [, id = ""] of text.matchAll(address)) ids.add(id);
    for (const place of places) for (const [, id = ""] of text.matchAll(place)) addIfId(id);
    return mapCells(text, idColumn, addIfId);
  });
  return [...ids];
}

/** Returns the ids that the journals of a state folder name, whatever the target. */
export function listKnownIds(stateFolder: string): string[] {
  const journals = globSync("**/*.jsonl", { cwd: stateFolder }).map(
    (file) => readIfPresent(join(stateFolder, file)) ?? "",
  );
  const ids = journals.join("\n").matchAll(/"(?:pod|endpoint)Id":"([^"]+)"/g);
  return [...new Set([...ids].map(([, id = ""]) => id))];
}

/** Returns a pattern that matches any of the ids as a word of its own; null where there is none. */
export function idPattern(ids: readonly string[]): RegExp | null {
  const known = ids.filter((id) => id.length >= 6).map(escapePattern);
  if (known.length === 0) return null;
  return new RegExp(`(?:(?<![A-Za-z0-9])|(?<=%2F))(?:${known.join("|")})(?![A-Za-z0-9])`, "g");
}
