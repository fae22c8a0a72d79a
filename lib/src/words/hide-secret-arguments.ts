import { cleanWords } from "./clean-words.ts";
import { parseJson } from "./parse-json.ts";

const mostArguments = 300;

/** How a word of a name ends whose value is a secret; `--tokenizer` and a number of `tokens` are none. */
const secretWord =
  /(?:auth|authorization|bearer|cookies?|credentials?|headers?|keys?|passphrase|passwd|password|pwd|secrets?|sig|signature|token)$/;

/**
 * Takes secrets out of the arguments of a program, a shell's whole line among them: the values of flags, settings and
 * properties named after one, the given secrets, and whatever has the shape of a key. An ellipsis takes their place.
 */
export function hideSecretArguments(given: readonly string[], secrets: readonly string[] = []): string[] {
  let isSecret = false;
  const hideWord = (word: string) => {
    if (word === "") return word;
    if (isSecret && !word.startsWith("--")) return "…";
    const parts = word.split("=");
    const name = parts.findIndex(isSecretName);
    isSecret = word.startsWith("-") && parts.length === 1 && name === 0;
    if (name < 0 || name === parts.length - 1) return word;
    return `${parts.slice(0, name + 1).join("=")}=…`;
  };
  return given.slice(0, mostArguments).map((argument) => {
    const words = hideProperties(argument).split(/\s/).map(hideWord);
    return cleanWords(words.join(" "), secrets);
  });
}

function isSecretName(name: string): boolean {
  return name
    .replace(/([a-z])(?=[A-Z])/g, "$1_")
    .toLowerCase()
    .split(/[^a-z]+/)
    .some((word) => secretWord.test(word));
}

/** Flags such as `--hf-overrides` take JSON; in a shell's line it stands among other words. */
function hideProperties(argument: string): string {
  const start = argument.indexOf("{");
  const parsed = start < 0 ? undefined : parseJson(argument.slice(start));
  if (typeof parsed === "object" && parsed !== null) {
    const hidden = JSON.stringify(parsed, (name, value: unknown) => (isSecretName(name) ? "…" : value));
    return hidden === JSON.stringify(parsed) ? argument : `${argument.slice(0, start)}${hidden}`;
  }
  return argument.replace(
    /(["']([\w.-]{1,100})["']\s{0,9}:\s{0,9})("[^"]*"|'[^']*')/g,
    (all, before: string, name: string) => (isSecretName(name) ? `${before}"…"` : all),
  );
}
