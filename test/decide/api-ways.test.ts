import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { listApiWays } from "../../lib/src/decide/api-ways.ts";
import { forms } from "../../lib/src/decide/decide-types.ts";
import { makeLoad, smallBook } from "./made-up.ts";

const options = { model: "Qwen/Qwen3-32B", book: smallBook, forms, deadlineHours: 24 };

describe("a million requests of 1,000 + 250 tokens by the token", () => {
  const load = { ...makeLoad(), requestsPerMonth: 1_000_000 };
  const ways = listApiWays({ ...options, date: "2026-01-02", load });
  const find = (provider: string, form: string) =>
    ways.find((way) => way.provider === provider && way.form === form);

  test("cost what the price list says", () => {
    // 1,000 million in at $1 and 250 million out at $2; beta asks twice as much, and a quarter of that for a batch.
    assert.equal(find("alpha", "by token")?.usdPerMonth.typical, 1_500);
    assert.equal(find("beta", "by token")?.usdPerMonth.typical, 3_000);
    assert.equal(find("beta", "batch by token")?.usdPerMonth.typical, 750);
    assert.equal(find("alpha", "batch by token"), undefined);
    assert.equal(find("alpha", "by token")?.usdPerMillionTokens.typical, 1_500 / 1_250);
  });

  test("count as within any target, and say that nobody has published how long their users wait", () => {
    assert.deepEqual([...new Set(ways.map(({ keepsTarget }) => keepsTarget))], ["yes"]);
    for (const { p95, risks } of ways) {
      assert.equal(p95.timeToFirstTokenMs, null);
      assert.ok(risks.some(({ kind }) => kind === "latency not published"));
    }
  });

  test("are cheaper where half of the input is in the API's cache, if it has a price for that", () => {
    const shared = listApiWays({
      ...options,
      date: "2026-01-02",
      load: { ...load, cachedInputShare: 0.5 },
    });
    const usd = (provider: string) => shared.find((way) => way.provider === provider)?.usdPerMonth.typical;
    // 500 million at $1 and as many at $0.50.
    assert.equal(usd("alpha"), 500 + 250 + 500);
    assert.equal(usd("beta"), 3_000);
  });

  test("say that a price is old after 60 days", () => {
    const kinds = (date: string) =>
      listApiWays({ ...options, date, load }).map(({ risks }) =>
        risks.some(({ kind }) => kind === "price old"),
      );
    assert.deepEqual(kinds("2026-03-02"), [false, false, false]);
    assert.deepEqual(kinds("2026-03-03"), [true, true, true]);
  });
});
