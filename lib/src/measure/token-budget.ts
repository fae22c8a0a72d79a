/** Tokens that may still be used, prompts and answers together. */
export interface TokenBudget {
  readonly maxTokens: number;
  /** What was used for certain, and what requests in flight may still use. */
  usedTokens(): number;
  /** Sets tokens aside for one request; `false`: they would break the budget, so it must not be sent. */
  reserve(tokens: number): boolean;
  /** Puts what a request truly used in the place of what was set aside for it. */
  settle(options: { reservedTokens: number; usedTokens: number }): void;
}

/** Creates a budget; a request is let in only if its worst case still fits. */
export function createTokenBudget(maxTokens: number): TokenBudget {
  let used = 0;
  return {
    maxTokens,
    usedTokens: () => used,
    reserve(tokens) {
      if (used + tokens > maxTokens) return false;
      used += tokens;
      return true;
    },
    settle({ reservedTokens, usedTokens }) {
      used += usedTokens - reservedTokens;
    },
  };
}
