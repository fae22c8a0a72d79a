/** Tokens that may still be used, prompts and answers together. */
export type TokenBudget = ReturnType<typeof createTokenBudget>;

/** Creates a budget; a request is let in only if its worst case still fits. */
export function createTokenBudget(maxTokens: number) {
  let used = 0;
  return {
    maxTokens,
    /** What was used for certain, and what requests in flight may still use. */
    usedTokens: () => used,
    /** Sets tokens aside for one request; `false`: they would break the budget, so it must not be sent. */
    reserve(tokens: number): boolean {
      if (used + tokens > maxTokens) return false;
      used += tokens;
      return true;
    },
    /** Puts what a request truly used in the place of what was set aside for it. */
    settle({ reservedTokens, usedTokens }: { reservedTokens: number; usedTokens: number }): void {
      used += usedTokens - reservedTokens;
    },
  };
}
