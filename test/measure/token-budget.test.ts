import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { createTokenBudget } from "../../lib/src/measure/token-budget.ts";

describe("the budget of tokens", () => {
  test("lets a request in only while its worst case fits", () => {
    const budget = createTokenBudget(100);
    assert.equal(budget.reserve(60), true);
    assert.equal(budget.reserve(41), false);
    budget.settle({ reservedTokens: 60, usedTokens: 20 });
    assert.equal(budget.usedTokens(), 20);
    assert.equal(budget.reserve(80), true);
    assert.equal(budget.reserve(1), false);
  });

  test("is never exceeded by requests that use no more than was set aside for them", () => {
    const request = fc.record({
      reservedTokens: fc.integer({ min: 1, max: 500 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      endsAtOnce: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000 }), fc.array(request), (maxTokens, requests) => {
        const budget = createTokenBudget(maxTokens);
        const open: { reservedTokens: number; usedTokens: number }[] = [];
        let used = 0;
        for (const { reservedTokens, share, endsAtOnce } of requests) {
          if (!budget.reserve(reservedTokens)) continue;
          open.push({ reservedTokens, usedTokens: Math.floor(reservedTokens * share) });
          for (const ended of endsAtOnce ? open.splice(0) : []) {
            budget.settle(ended);
            used += ended.usedTokens;
          }
          assert.ok(budget.usedTokens() <= maxTokens);
          assert.ok(used <= maxTokens);
        }
      }),
    );
  });

  test("without a limit lets everything in", () => {
    assert.equal(createTokenBudget(Infinity).reserve(Number.MAX_SAFE_INTEGER), true);
  });
});
