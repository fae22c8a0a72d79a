import { cleanWords } from "./clean-words.ts";

const mostArguments = 300;

/** What a name ends with whose value is a secret; a part of a word, as in `--tokenizer`, is none. */
const secretWords = new Set(
  "apikey auth authorization cookie credential credentials header headers key keys passphrase passwd password secret secrets token".split(
    " ",
  ),
);

/**
 * Takes secrets out of the arguments of a program: the values of flags and settings named after one, the given secrets, and
 * whatever has the shape of a key. An ellipsis takes their place.
 */
export function hideSecretArguments(given: readonly string[], secrets: readonly string[] = []): string[] {
  let isSecret = false;
  return given.slice(0, mostArguments).map((argument) => {
    if (isSecret && !argument.startsWith("--")) return "…";
    const [, name = "", value] = /^([^=]{0,100})(=?)/.exec(argument) ?? [];
    isSecret = argument.startsWith("-") && value !== "=" && isSecretName(name);
    if (value === "=" && isSecretName(name)) return `${cleanWords(name, secrets)}=…`;
    return cleanWords(hideProperties(argument), secrets);
  });
}

function isSecretName(name: string): boolean {
  return name
    .replace(/([a-z])(?=[A-Z])/g, "$1_")
    .toLowerCase()
    .split(/[^a-z]+/)
    .some((word) => secretWords.has(word));
}

/** Flags such as `--hf-overrides` take JSON. */
function hideProperties(argument: string): string {
  return argument.replace(/("([\w.-]{1,100})"\s{0,9}:\s{0,9})"[^"]*"/g, (all, start: string, name: string) =>
    isSecretName(name) ? `${start}"…"` : all,
  );
}
