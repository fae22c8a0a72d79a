import type { LlamaModel, Token } from "node-llama-cpp";

// The end of a text needs a few tokens before it to come out right: a leading space depends on them.
const contextTokens = 4;

/**
 * Turns tokens into text one by one and holds a piece back while it is only part of a character.
 *
 * An emoji is three tokens and a Chinese character two; each token alone would give a replacement character. What is
 * never completed is never shown, as with vLLM. Special tokens, such as the end of a turn, give no text.
 */
export function createTokenText(model: Pick<LlamaModel, "detokenize">): (token: Token) => string {
  let seen: Token[] = [];
  let pending: Token[] = [];
  return (token) => {
    pending.push(token);
    const text = model.detokenize(pending, false, seen);
    if (text.endsWith("\u{FFFD}")) return "";
    seen = [...seen, ...pending].slice(-contextTokens);
    pending = [];
    return text;
  };
}
