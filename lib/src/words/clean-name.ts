import { cutText } from "./cut-text.ts";
import { stripControlCharacters } from "./strip-control-characters.ts";

/**
 * Makes a name of a text from outside: on one line, without what could steer a terminal, and cut where it is longer than
 * a name.
 */
export function cleanName(text: string, mostCharacters = 300): string {
  const line = stripControlCharacters(text.slice(0, 2 * mostCharacters).toWellFormed())
    .replace(/[\n\t\u2028\u2029]/g, " ")
    // What turns the direction of writing makes a name look like another.
    .replace(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, "");
  return cutText(line, mostCharacters);
}
