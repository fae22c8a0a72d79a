import { stripControlCharacters } from "./strip-control-characters.ts";

/**
 * Takes secrets and control characters out of words that came from elsewhere.
 *
 * Some servers repeat the key that they refuse, Node the header or the address that it cannot send, and vLLM the
 * arguments that it does not know.
 */
export function cleanWords(text: string): string {
  return (
    stripControlCharacters(text)
      .replace(/"Bearer [^"]*"/gi, '"Bearer …"')
      .replace(/\bBearer [^\s"']+/gi, "Bearer …")
      .replace(/\b(rpa_|hf_|sk-)[\w*-]{4,}/g, "$1…")
      .replace(/(\/\/)[^\s/@]+@/g, "$1…@")
      .replace(/\b(API key provided: )(?!\S*…)[^\s"',;]+/gi, "$1…")
      .replace(/(--[\w-]*(?:key|token|secret|password)[ =])(?!-)[^\s;]+/gi, "$1…")
      .replace(/([?&][\w-]*(?:key|token)=)[^\s&"']+/gi, "$1…")
      // A value without a digit is rather a word: "Unexpected token: identifier".
      .replace(
        /((?:api[_-]?key|token|secret|password)["']?\s?[:=]\s?["']?)(?=[\w.~+/=-]*\d)[\w.~+/=-]{8,}/gi,
        "$1…",
      )
  );
}
