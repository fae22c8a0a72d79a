import { type ChartSpec, chartColors, quantitative, wholeNames } from "../show/index.ts";
import { type BreakEvenInput, breakEven } from "./break-even.ts";
import { apiColor, machineColor, slider } from "./chart-parts.ts";

/** Draws both bills, in dollars per hour, against the load in tokens per second, with a slider for the mix. */
export function breakEvenChart(input: BreakEvenInput, labels: { machine: string; api: string }): ChartSpec {
  const { gpuUsdPerHour, inputUsdPerMillion, outputUsdPerMillion, inputTokensPerOutputToken } = input;
  const { totalTokensPerSecond } = breakEven(input);
  const mostMix = Math.max(100, inputTokensPerOutputToken);
  // The break-even is furthest at an end of the slider; wherever it stands, both sides of it show.
  const ends = [0, mostMix].map((mix) => breakEven({ ...input, inputTokensPerOutputToken: mix }));
  const furthest = Math.max(...ends.map((end) => end.totalTokensPerSecond));
  const lastTokensPerSecond = Math.ceil(furthest * 1.3);
  const usdPerMillion = `((mix * ${inputUsdPerMillion} + ${outputUsdPerMillion}) / (1 + mix))`;
  const breakEvenTotal = `(${gpuUsdPerHour} * 1e6 / ${usdPerMillion} / 3600)`;

  // Both bills are straight lines: two points each, however far the axis reaches.
  const load = { values: [{ tokensPerSecond: 0 }, { tokensPerSecond: lastTokensPerSecond }] };
  const apiBill = { calculate: `datum.tokensPerSecond * 3600 * ${usdPerMillion} / 1e6`, as: "usdPerHour" };
  const encoding = {
    x: quantitative("tokensPerSecond", "tokens per second, input + output", {
      scale: { domain: [0, lastTokensPerSecond], nice: false },
    }),
    y: quantitative("usdPerHour", "dollars per hour", {
      scale: { domain: [0, gpuUsdPerHour * 2], nice: false },
      axis: { format: "$.2f" },
    }),
  };
  const colors = { [labels.machine]: machineColor, [labels.api]: apiColor };
  const legend = wholeNames(Object.keys(colors));
  const scale = { domain: Object.keys(colors), range: Object.values(colors) };
  const named = (datum: string) => ({
    ...encoding,
    color: { datum, type: "nominal", title: null, legend, scale },
  });
  const line = { type: "line", strokeWidth: 2.5, clip: true };

  const mix = { name: "input tokens per output token ", min: 0, max: mostMix, step: 0.5 };
  // Below the level line and right of the other, or above it and left of the other, nothing is in the way.
  const isLeft = `(datum.tokensPerSecond < ${lastTokensPerSecond / 2})`;

  return {
    description:
      `Dollars per hour against tokens per second: ${labels.machine}, is flat at $${gpuUsdPerHour.toFixed(2)}; ` +
      `${labels.api}, rises from nothing and reaches that at ${Math.round(totalTokensPerSecond).toLocaleString("en-US")} tokens per second ` +
      `with ${inputTokensPerOutputToken} in for each out.`,
    params: [slider("mix", inputTokensPerOutputToken, mix)],
    layer: [
      { data: load, transform: [apiBill], mark: line, encoding: named(labels.api) },
      {
        data: load,
        transform: [{ calculate: String(gpuUsdPerHour), as: "usdPerHour" }],
        mark: { ...line, strokeDash: [8, 4] },
        encoding: named(labels.machine),
      },
      {
        data: { values: [{ usdPerHour: gpuUsdPerHour }] },
        transform: [
          { calculate: breakEvenTotal, as: "tokensPerSecond" },
          {
            calculate:
              "['break-even:', format(datum.tokensPerSecond, ',.0f') + ' tokens/s,', " +
              "format(datum.tokensPerSecond / (1 + mix), ',.1f') + ' of them output']",
            as: "label",
          },
        ],
        layer: [
          { mark: { type: "point", filled: true, size: 90, opacity: 1, color: chartColors.grey }, encoding },
          {
            mark: {
              type: "text",
              align: { expr: `${isLeft} ? 'left' : 'right'` },
              baseline: "top",
              dx: { expr: `${isLeft} ? 8 : -8` },
              dy: { expr: `${isLeft} ? 10 : -58` },
              lineHeight: 16,
            },
            encoding: { ...encoding, text: { field: "label" } },
          },
        ],
      },
    ],
  };
}
