/** Far more than any key has; servers refuse a header of several times as much. */
const longestKeyCharacters = 4_096;

/** Says in a few words what keeps a text from being a key that an HTTP header carries; `null`: nothing does. */
export function findKeyProblem(key: string): string | null {
  if (key.trim() === "") return "is empty";
  if (key.trim() !== key) return "begins or ends with a blank or a line break";
  if (key.length > longestKeyCharacters) return `is longer than ${longestKeyCharacters} characters`;
  return /^[\x21-\x7e]+$/.test(key) ? null : "contains characters that no key has";
}
