import type { LlamaModel, Token } from "node-llama-cpp";

// The end of a text needs a few tokens before it to come out right: a leading space depends on them.
const contextTokens = 4;

/**
 * Turns tokens into text one by one and holds a piece back while it is only part of a character.
 *
 * An emoji is three tokens and a Chinese character two; each token alone would give a replacement character. Special
 * tokens, such as the end of a turn, give no text.
 */
export function createTokenText(model: Pick<LlamaModel, "detokenize">): {
  push(token: Token): string;
  /** What is still held back at the end, with replacement characters where a character stayed incomplete. */
  rest(): string;
} {
  let seen: Token[] = [];
  let pending: Token[] = [];
  const take = (): string => {
    const text = model.detokenize(pending, false, seen);
    seen = [...seen, ...pending].slice(-contextTokens);
    pending = [];
    return text;
  };
  return {
    push(token) {
      pending.push(token);
      if (model.detokenize(pending, false, seen).endsWith("\u{FFFD}")) return "";
      return take();
    },
    rest: () => (pending.length === 0 ? "" : take()),
  };
}
