import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type PayingInput, statePaying } from "../../lib/src/cost/index.ts";

const served: PayingInput["served"] = {
  ...{ model: "meta-llama/Llama-3.1-70B-Instruct", gpu: "A40", gpuCount: 4, precision: "16-bit" },
  ...{ inputTokens: 512, outputTokens: 512, lengthSpread: 0.5 },
};
const card = { provider: "runpod", value: 0.5, observed: "2026-08-19" };

function offer(provider: string, usdPerMillion: number, observed = "2026-08-21") {
  return { provider, inputUsdPerMillion: usdPerMillion, outputUsdPerMillion: usdPerMillion, observed };
}

function state(offers: PayingInput["offers"], changes: Partial<PayingInput> = {}) {
  return statePaying({ served, card, offers, date: "2026-09-01", ...changes });
}

describe("whether a machine pays", () => {
  test("is said against the cheapest and the dearest offer, by the forecast", () => {
    const { sentence, against } = state([
      offer("a host", 1),
      offer("aws-bedrock", 20),
      offer("deepinfra", 0.1),
    ]);
    assert.deepEqual(
      against.map(({ provider, pays, outputTokensPerSecond }) => [
        provider,
        pays,
        Math.round(outputTokensPerSecond),
      ]),
      [
        // $2 an hour: 10 and 0.05 million pairs of tokens.
        ["deepinfra", "no", 2_778],
        ["aws-bedrock", "yes", 14],
      ],
    );
    assert.match(
      sentence,
      /^At the prices of September 2026, Llama-3\.1-70B-Instruct on 4 × A40 \(\$2\.00 an hour at Runpod, seen 2026-08-19\), with as many tokens in as out, never pays against DeepInfra \(\$0\.10 in and \$0\.10 out per million tokens, seen 2026-08-21\): that takes 2,778 output tokens\/s, and the forecast is \d+ at most\. It pays against Amazon Bedrock \(.*\) from 13\.9 output tokens\/s, which the machine reaches, by forecast, with about \d+ requests? at a time \(\d+ to \d+\)\.$/,
    );
  });

  test("is left open where only one end of the forecast suffices, and then the sentence says what settles it", () => {
    const withLink = (usdPerMillion: number) => state([offer("azure", usdPerMillion)]);
    // Between what cards with and without peer-to-peer reach there are prices for which it hangs on that.
    const open = [4, 3, 2, 1.5, 1].map(withLink).find(({ against: [one] }) => one?.pays === "measure");
    assert.match(
      open?.sentence ?? "",
      /may pay against Azure .*, or never\. An hour of measuring on 4 × A40 settles that, for about \$2\.00\.$/,
    );
    assert.match(open?.rests[0] ?? "", /peer-to-peer.*cards that do not: .*never.*01-deploy/);
  });

  test("takes of equal prices the one that was seen last, and says which are old", () => {
    const offers = [offer("deepinfra", 0.1, "2026-02-01"), offer("deepinfra", 0.1, "2026-08-01")];
    const { sentence, rests } = state([...offers, offer("azure", 20, "2026-01-01")]);
    assert.match(sentence, /DeepInfra \([^)]*seen 2026-08-01\)/);
    assert.match(rests.at(-1) ?? "", /Azure seen 243 days ago\): look at today's first\.$/);
  });

  test("is corrected by measurements of the machine", () => {
    const point = { inputTokens: 512, outputTokens: 512, streams: 1, outputTokensPerSecond: 7 };
    const { rests } = state([offer("azure", 20)], { served: { ...served, measured: [point] } });
    assert.match(
      rests.join(" "),
      /Measured on this machine: the forecast is corrected by 1 of your own measurements, to 0\.\d\d/,
    );
  });

  test("is said of no one where there is no offer", () => {
    assert.match(state([]).sentence, /has no offer to be compared with\.$/);
  });
});
