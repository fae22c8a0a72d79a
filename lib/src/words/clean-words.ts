import { stripControlCharacters } from "./strip-control-characters.ts";

/** How the keys of this stack begin, and whose they are. */
const keyOwners: Readonly<Record<string, string>> = {
  rpa_: "Runpod",
  hf_: "Hugging Face",
  "sk-": "OpenAI or of a pod",
};

const keys = new RegExp(`\\b(${Object.keys(keyOwners).join("|")})[\\w*-]{4,}`, "g");

/** Of a longer text from elsewhere only the beginning is read. */
const longestText = 20_000;

/** Shorter values occur in ordinary words. */
const shortestSecret = 4;

/** Says whose key a text begins like; `null` where it is none. */
export function findKeyOwner(text: string): string | null {
  return Object.entries(keyOwners).find(([start]) => text.startsWith(start))?.[1] ?? null;
}

/**
 * Takes control characters, halves of characters and secrets out of a text that came from elsewhere: the given secrets, and whatever has the
 * shape of one. An ellipsis takes their place. Of a text of more than 20,000 characters only the beginning is kept.
 *
 * Some servers repeat the key that they refuse, Node the header or the address that it cannot send, vLLM the arguments
 * that it does not know, and programs print their environment into their log.
 */
export function cleanWords(text: string, secrets: readonly string[] = []): string {
  const known = secrets.filter((secret) => secret.length >= shortestSecret);
  return (
    known
      .reduce(
        (hidden, secret) => hidden.replaceAll(secret, "…"),
        stripControlCharacters(text.slice(0, longestText).toWellFormed()),
      )
      .replace(/"Bearer [^"]*"/gi, '"Bearer …"')
      .replace(/\bBearer [^\s"']+/gi, "Bearer …")
      .replace(keys, "$1…")
      .replace(/(\/\/)[^\s/@]+@/g, "$1…@")
      .replace(/\b(API key provided: )(?!\S*…)[^\s"',;]+/gi, "$1…")
      .replace(/(?<=--[\w-]*(?:key|token|secret|password)[ =])(?!-)[^\s;]+/gi, "…")
      .replace(/([?&][\w-]*(?:key|token)=)[^\s&"']+/gi, "$1…")
      // A value without a digit is rather a word: "Unexpected token: identifier".
      .replace(
        /((?:api[_-]?key|token|secret|password)["']?\s?[:=]\s?["']?)(?=[\w.~+/=-]{0,200}\d)[\w.~+/=-]{8,}/gi,
        "$1…",
      )
  );
}
