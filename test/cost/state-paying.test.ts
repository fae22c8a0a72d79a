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
      /^At the prices of September 2026, Llama-3\.1-70B-Instruct on 4 × A40 is never cheaper than DeepInfra, and can be cheaper than Amazon Bedrock\. The machine costs \$2\.00 an hour at Runpod \(seen 2026-08-19\)\. DeepInfra asks \$0\.10 for a million tokens in and \$0\.10 for a million out \(seen 2026-08-21\): to cost less, the machine must write more than 2,778 tokens per second, and by the forecast it writes at most \d+\. Amazon Bedrock asks .*: to cost less, the machine must write more than 13\.9 tokens per second, and by the forecast it does so with about \d+ requests? at a time \(\d+( to \d+)?\)\. All of this is for as many tokens in as out\.$/,
    );
  });

  test("is left open where only one end of the forecast suffices, and then the sentence says what a measurement would show", () => {
    const withLink = (usdPerMillion: number) => state([offer("azure", usdPerMillion)]);
    // Between what cards with and without peer-to-peer reach there are prices for which it hangs on that.
    const open = [4, 3, 2, 1.5, 1].map(withLink).find(({ against: [one] }) => one?.pays === "measure");
    assert.match(
      open?.sentence ?? "",
      /may be cheaper than Azure\. .*, if at all\. Measuring for an hour on 4 × A40 shows how much it writes, for about \$2\.00\. /,
    );
    assert.match(
      open?.rests[0] ?? "",
      /memory \(peer-to-peer\): .*Cards without peer-to-peer: .*(if at all|never).*01-deploy/,
    );
  });

  test("takes of equal prices the one that was seen last, and says which are old", () => {
    const offers = [offer("deepinfra", 0.1, "2026-02-01"), offer("deepinfra", 0.1, "2026-08-01")];
    const { sentence, rests } = state([...offers, offer("azure", 20, "2026-01-01")]);
    assert.match(sentence, /DeepInfra asks [^(]*\(seen 2026-08-01\)/);
    assert.match(rests.at(-1) ?? "", /Azure seen 243 days ago\): look up today's before you decide\.$/);
  });

  test("is corrected by measurements of the machine", () => {
    const point = { inputTokens: 512, outputTokens: 512, streams: 1, outputTokensPerSecond: 7 };
    const { rests } = state([offer("azure", 20)], { served: { ...served, measured: [point] } });
    assert.match(
      rests.join(" "),
      /You have measured this machine: your measurement changes the forecast to 0\.\d\d times what it was/,
    );
  });

  test("is said of no one where there is no offer", () => {
    assert.match(state([]).sentence, /on 4 × A40 has no service to be compared with\. The machine costs/);
  });
});
