/**
 * Replaces secrets in a text by an ellipsis: the given values, and whatever has the shape of a key.
 *
 * Servers repeat the key that they refuse, and programs print their environment into their log.
 */
export function hideSecrets(text: string, secrets: readonly (string | null | undefined)[] = []): string {
  let hidden = text;
  for (const secret of secrets) {
    if (secret !== null && secret !== undefined && secret.length >= 4)
      hidden = hidden.replaceAll(secret, "…");
  }
  return hidden.replace(/\b(rpa_|hf_|sk-)[\w*-]{4,}/g, "$1…");
}
