import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { volumePays } from "../../lib/src/cost/index.ts";
import { networkVolumeUsdPerMonth } from "../../lib/src/serving/index.ts";

const input = { sizeGb: 50, downloadGb: 16, downloadSeconds: 72, usdPerHour: 0.5 };

describe("a network volume", () => {
  test("pays from as many starts as its month costs downloads", () => {
    const pays = volumePays(input);
    assert.equal(pays.usdSavedPerStart, 0.01);
    assert.equal(pays.volumeUsdPerMonth, networkVolumeUsdPerMonth(50));
    assert.equal(pays.startsPerMonth, Math.ceil(networkVolumeUsdPerMonth(50) / 0.01));
    assert.match(
      pays.sentence,
      /saves each start 72 s of download \(measured\), which cost \$0\.01: in dollars it pays from [\d,]+ starts a month on\.$/,
    );
  });

  test("is reckoned with an assumed download where none was measured, and says so", () => {
    const pays = volumePays({ ...input, downloadSeconds: null });
    assert.deepEqual([pays.kind, pays.downloadSeconds], ["assumed", 80]);
    assert.match(pays.sentence, /80 s of download \(assumed, at 0\.2 GB a second\)/);
  });

  test("never pays where there is nothing to spare, and takes no nonsense", () => {
    const pays = volumePays({ ...input, downloadSeconds: 0 });
    assert.equal(pays.startsPerMonth, null);
    assert.match(pays.sentence, /it never pays\.$/);
    assert.throws(() => volumePays({ ...input, sizeGb: 0 }), /volumePays: sizeGb/);
    assert.throws(() => volumePays({ ...input, downloadSeconds: -1 }), /downloadSeconds/);
  });
});
