import {
  type ChartSpec,
  chartColors,
  lineLabel,
  quantitative,
  readRowKinds,
  wholeNames,
} from "../show/index.ts";
import type { ThroughputRow } from "./compare-with-published.ts";
import {
  describeForecast,
  type ForecastCurve,
  forecastLayers,
  forecastRates,
  forecastSources,
  mostForecastStreams,
  nameForecast,
  waitingPanel,
} from "./forecast-layers.ts";
import { countStreams } from "./measurement.ts";
import { rounded, streamsAxis } from "./throughput-chart.ts";

/**
 * Draws measured, published and computed output rates against the streams, and a wanted rate, such as a break-even.
 *
 * Forecasts are bands around a line; below them stands how long the streams wait for their first token.
 */
export function comparisonChart(
  rows: readonly ThroughputRow[],
  options: { wantedTokensPerSecond?: number; forecasts?: readonly ForecastCurve[] } = {},
): ChartSpec {
  const { wantedTokensPerSecond: wanted, forecasts = [] } = options;
  const known = rows.filter(({ outputTokensPerSecond: rate }) => rate !== null && rate > 0);
  const own = known.filter(({ kind }) => kind === "measured" || kind === "simulated");
  const published = known.filter(({ kind }) => kind === "published");
  const computed = known.filter(({ kind }) => kind === "computed");
  const ofRows = known.map(({ streams }) => streams ?? 0);
  const mostStreams = Math.max(2, mostForecastStreams(forecasts), ...ofRows);
  const x = streamsAxis({ domain: [0.85, mostStreams * 1.2], values: powersOfTwo(mostStreams) });
  const y = quantitative("outputTokensPerSecond", "output tokens per second, all streams", {
    scale: { type: "log", nice: false, domain: paddedRates(known, wanted, forecasts) },
    axis: { format: "~s", values: rateSteps },
  });
  // Runs that left the number of streams to the engine lie across the whole width.
  const isAcross = ({ streams }: ThroughputRow) => streams === null;
  const line = { type: "line", strokeWidth: 2.5 };
  const groups = [
    { rows: computed, color: chartColors.grey, mark: { ...line, strokeDash: [8, 4] } },
    {
      rows: published.filter((row) => !isAcross(row)),
      color: chartColors.green,
      mark: { type: "point", shape: "diamond", filled: true, size: 90, opacity: 1 },
    },
    {
      rows: fastestFirst(published.filter(isAcross)),
      color: chartColors.green,
      mark: { type: "rule", strokeWidth: 2 },
    },
    { rows: own, color: chartColors.blue, mark: { ...line, point: { filled: true, size: 50 } } },
  ].flatMap(({ rows: [first, ...more], ...style }) =>
    first === undefined ? [] : [{ ...style, rows: [first, ...more], name: nameSeries(first) }],
  );
  const colors = new Map([
    ...groups.map(({ name, color }) => [name, color] as const),
    ...forecasts.map((curve, index) => [nameForecast(curve), forecastColors[index % 3]] as const),
  ]);
  const colorOf = (name: string) => ({
    datum: name,
    type: "nominal",
    title: null,
    legend: { ...wholeNames(colors.keys()), symbolStrokeWidth: 3 },
    scale: { domain: [...colors.keys()], range: [...colors.values()] },
  });
  const layers = groups.map(({ rows, name, mark }) => ({
    data: { values: rows },
    mark,
    encoding: {
      ...(rows.some(isAcross) ? {} : { x }),
      y,
      color: colorOf(name),
      tooltip: tooltipFields.map((field) => ({ field })),
    },
  }));
  const bands = forecasts.flatMap((curve) =>
    forecastLayers(curve, { x, y, color: colorOf(nameForecast(curve)) }),
  );
  const ofForecasts = forecastSources(forecasts).map((one) => ({ kind: "computed", ...one }));
  const marks = wanted === undefined ? [] : markWanted(wanted, y);
  const rates = {
    height: 340,
    layer: [...bands, ...layers, ...labelAcross(published.filter(isAcross), y), ...marks],
  };
  const said = {
    description: describeComparison(rows, { wanted, forecasts }),
    usermeta: { figures: readRowKinds([...known, ...ofForecasts]) },
  };
  if (bands.length === 0) return { ...said, ...rates };
  const waits = waitingPanel(forecasts, {
    x,
    steps: rateSteps,
    colorOf: (curve) => colorOf(nameForecast(curve)),
  });
  const config = { view: { stroke: "rgba(128, 128, 128, 0.3)" } };
  return { ...said, config, vconcat: [{ width: 640, ...rates }, waits] };
}

const forecastColors = [chartColors.purple, chartColors.ochre, chartColors.pink];

const tooltipFields = ["kind", "machine", "model", "precision", "engine", "date", "outputTokensPerSecond"];

function nameSeries({ kind, machine, model, engine, date, streams }: ThroughputRow): string {
  if (kind === "computed") return `computed: the ceiling of ${machine}, ${model}`;
  if (streams === null) return `${kind}: ${model}, ${engine} (${date}), streams not stated`;
  return kind === "published" ? `published: ${machine}` : `${kind}: ${machine}, ${engine}`;
}

/** The fastest run that left its streams to the engine, with its rate at the left end of its line. */
function labelAcross(rows: readonly ThroughputRow[], y: object): object[] {
  const row = findFastest(rows);
  if (row === undefined) return [];
  const label = lineLabel(rounded(row.outputTokensPerSecond), { align: "left", baseline: "bottom", dy: -3 });
  return [{ data: { values: [row] }, mark: label, encoding: { x: { value: 0 }, y } }];
}

/** At the other end, so that the two texts are apart also where the lines lie close together. */
function markWanted(wanted: number, y: object): object[] {
  const data = { values: [{ outputTokensPerSecond: wanted }] };
  const rule = { type: "rule", strokeDash: [3, 3], strokeWidth: 2, color: chartColors.orange };
  const label = lineLabel(`wanted: ${rounded(wanted)}`, { align: "right", baseline: "bottom", dy: -4 });
  return [
    { data, mark: rule, encoding: { y } },
    { data, mark: label, encoding: { x: { value: "width" }, y } },
  ];
}

function fastestFirst(rows: readonly ThroughputRow[]): ThroughputRow[] {
  const rate = (row: ThroughputRow) => row.outputTokensPerSecond ?? 0;
  return rows.toSorted((one, other) => rate(other) - rate(one));
}

function findFastest(rows: readonly ThroughputRow[]): ThroughputRow | undefined {
  return fastestFirst(rows)[0];
}

const rateSteps = [0.1, 1, 10, 100, 1_000, 10_000, 100_000].flatMap((power) => [power, 2 * power, 5 * power]);

/** From a little below the lowest rate to a little above the highest. */
function paddedRates(
  rows: readonly ThroughputRow[],
  wanted: number | undefined,
  forecasts: readonly ForecastCurve[],
): [number, number] {
  const ofRows = rows.map((row) => row.outputTokensPerSecond);
  const rates = [...ofRows, wanted, ...forecastRates(forecasts)].filter((rate) => rate != null);
  return rates.length === 0 ? [1, 100] : [Math.min(...rates) * 0.7, Math.max(...rates) * 1.4];
}

function powersOfTwo(largest: number): number[] {
  return Array.from({ length: Math.floor(Math.log2(largest)) + 1 }, (_, power) => 2 ** power);
}

function describeComparison(
  rows: readonly ThroughputRow[],
  { wanted, forecasts }: { wanted: number | undefined; forecasts: readonly ForecastCurve[] },
): string {
  const best = (kinds: readonly ThroughputRow["kind"][]) =>
    findFastest(rows.filter((row) => kinds.includes(row.kind) && row.outputTokensPerSecond !== null));
  const alone = rows.find(({ kind, streams }) => kind === "computed" && streams === 1);
  const rate = ({ outputTokensPerSecond, streams }: ThroughputRow) =>
    rounded(outputTokensPerSecond) + (streams === null ? "" : ` at ${countStreams(streams)}`);
  const parts = [
    [best(["measured", "simulated"]), "at most"],
    [best(["published"]), "at most"],
    [alone, "the ceiling"],
    [best(["computed"]), "the ceiling"],
  ] as const;
  const said = parts.flatMap(([row, words]) =>
    row === undefined ? [] : [`${row.kind} on ${row.machine}: ${words} ${rate(row)}`],
  );
  said.push(...forecasts.map(describeForecast));
  const aim = wanted === undefined ? "" : ` Wanted: ${rounded(wanted)}.`;
  return `Output tokens per second by streams: ${said.length === 0 ? "no rate is known" : said.join("; ")}.${aim}`;
}
