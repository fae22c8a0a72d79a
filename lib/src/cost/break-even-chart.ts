import { type ChartSpec, chartColors, lineLabel, quantitative } from "../show/index.ts";
import { type BreakEvenInput, breakEven } from "./break-even.ts";
import { apiColor, machineColor, slider } from "./chart-parts.ts";

/** Draws both bills, in dollars per hour, against the load in tokens per second, with a slider for the mix. */
export function breakEvenChart(input: BreakEvenInput, labels: { machine: string; api: string }): ChartSpec {
  const { gpuUsdPerHour, inputUsdPerMillion, outputUsdPerMillion, inputTokensPerOutputToken } = input;
  // The axis reaches twice the break-even, so that both sides of it show, wherever the slider stands.
  const { totalTokensPerSecond } = breakEven(input);
  const lastTokensPerSecond = Math.ceil(totalTokensPerSecond * 2);
  const usdPerMillion = `((mix * ${inputUsdPerMillion} + ${outputUsdPerMillion}) / (1 + mix))`;
  const breakEvenTotal = `(${gpuUsdPerHour} * 1e6 / ${usdPerMillion} / 3600)`;

  // Both bills are straight lines: two points each, however far the axis reaches.
  const load = { values: [{ tokensPerSecond: 0 }, { tokensPerSecond: lastTokensPerSecond }] };
  const apiBill = { calculate: `datum.tokensPerSecond * 3600 * ${usdPerMillion} / 1e6`, as: "usdPerHour" };
  const encoding = {
    x: quantitative("tokensPerSecond", "tokens per second, input + output", {
      scale: { domain: [0, lastTokensPerSecond] },
    }),
    y: quantitative("usdPerHour", "dollars per hour", { axis: { format: "$.2f" } }),
  };
  const line = { type: "line", strokeWidth: 2.5 };
  const one = (values: Record<string, number>) => ({ values: [values] });

  const mix = { name: "input tokens per output token ", min: 0, max: 100, step: 0.5 };

  return {
    description:
      `Dollars per hour against tokens per second: ${labels.machine}, is flat at $${gpuUsdPerHour.toFixed(2)}; ` +
      `${labels.api}, rises from nothing and reaches that at ${Math.round(totalTokensPerSecond)} tokens per second ` +
      `with ${inputTokensPerOutputToken} in for each out.`,
    params: [slider("mix", inputTokensPerOutputToken, mix)],
    layer: [
      { data: load, transform: [apiBill], mark: { ...line, color: apiColor }, encoding },
      {
        data: one({ tokensPerSecond: lastTokensPerSecond }),
        transform: [apiBill],
        mark: lineLabel(labels.api, { color: apiColor, align: "right", dx: -8, dy: -6 }),
        encoding,
      },
      {
        data: load,
        transform: [{ calculate: String(gpuUsdPerHour), as: "usdPerHour" }],
        mark: { ...line, color: machineColor, strokeDash: [8, 4] },
        encoding,
      },
      {
        data: one({ tokensPerSecond: 0, usdPerHour: gpuUsdPerHour }),
        mark: lineLabel(labels.machine, { color: machineColor, align: "left", dx: 8, dy: -10 }),
        encoding,
      },
      {
        data: one({ usdPerHour: gpuUsdPerHour }),
        transform: [
          { calculate: breakEvenTotal, as: "tokensPerSecond" },
          {
            calculate:
              "['break-even:', format(datum.tokensPerSecond, '.0f') + ' tokens/s,', " +
              "format(datum.tokensPerSecond / (1 + mix), '.1f') + ' of them output']",
            as: "label",
          },
        ],
        layer: [
          { mark: { type: "point", filled: true, size: 90, color: chartColors.grey }, encoding },
          {
            mark: { type: "text", align: "left", baseline: "top", dx: 8, dy: 10, lineHeight: 16 },
            encoding: { ...encoding, text: { field: "label" } },
          },
        ],
      },
    ],
  };
}
