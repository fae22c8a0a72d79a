import type { ChartSpec } from "../show/index.ts";
import type { ThroughputRow } from "./compare-with-published.ts";
import { shortenEngine } from "./throughput-columns.ts";

const colors = { measured: "#3a7abf", published: "#2a8a6c", computed: "#6f7c8a" };

/**
 * Draws measured, published and computed output rates against the streams, on logarithmic scales, each under its name.
 *
 * Published runs that left the number of streams to the engine lie across the whole width. `wantedTokensPerSecond` is a
 * further line, such as a break-even.
 */
export function comparisonChart(
  rows: readonly ThroughputRow[],
  options: { wantedTokensPerSecond?: number } = {},
): ChartSpec {
  const known = rows.filter(({ outputTokensPerSecond: rate }) => rate !== null && rate > 0);
  const own = known.filter(({ kind }) => kind === "measured" || kind === "simulated");
  const published = known.filter(({ kind }) => kind === "published");
  const computed = known.filter(({ kind }) => kind === "computed");
  const series = listSeries({ own, published, computed });
  const streams = known.flatMap((row) => (row.streams === null ? [] : [row.streams]));
  const mostStreams = Math.max(2, ...streams);
  const x = {
    field: "streams",
    type: "quantitative",
    title: "streams (requests in flight)",
    scale: { type: "log", base: 2, domain: [0.85, mostStreams * 1.2], nice: false },
    axis: { values: powersOfTwo(mostStreams), format: "d", grid: false },
  };
  const y = {
    field: "outputTokensPerSecond",
    type: "quantitative",
    title: "output tokens per second, all streams",
    scale: { type: "log", nice: false, domain: paddedRates(known, options.wantedTokensPerSecond) },
    axis: { format: "~s", values: rateSteps },
  };
  const color = (name: string) => ({
    datum: name,
    type: "nominal",
    title: null,
    legend: { orient: "top", columns: 1, labelLimit: 0, symbolStrokeWidth: 3 },
    scale: { domain: series.map((one) => one.name), range: series.map((one) => one.color) },
  });
  const tooltip = ["kind", "machine", "model", "precision", "engine", "date", "outputTokensPerSecond"].map(
    (field) => ({
      field,
    }),
  );
  const line = (data: readonly ThroughputRow[], name: string, style: object) => ({
    data: { values: data },
    mark: { type: "line", strokeWidth: 2.5, point: { filled: true, size: 50 }, ...style },
    encoding: { x, y, color: color(name), tooltip },
  });
  const across = published.filter((row) => row.streams === null);
  const layers = series.flatMap(({ name, kind }): object[] => {
    if (kind === "computed") return [line(computed, name, { point: false, strokeDash: [8, 4] })];
    if (kind === "measured") return [line(own, name, {})];
    const points = published.filter((row) => row.streams !== null);
    return [
      {
        data: { values: points },
        mark: { type: "point", shape: "diamond", filled: true, size: 90, opacity: 1 },
        encoding: { x, y, color: color(name), tooltip },
      },
      {
        data: { values: across },
        mark: { type: "rule", strokeWidth: 2 },
        encoding: { y, color: color(name), tooltip },
      },
    ];
  });
  return { height: 340, layer: [...layers, ...labelAcross(across, y), ...markWanted(options, y)] };
}

interface Series {
  kind: "measured" | "published" | "computed";
  name: string;
  color: string;
}

function listSeries(groups: {
  own: readonly ThroughputRow[];
  published: readonly ThroughputRow[];
  computed: readonly ThroughputRow[];
}): Series[] {
  const [own] = groups.own;
  const [published] = groups.published;
  const [computed] = groups.computed;
  return [
    ...(computed === undefined
      ? []
      : [
          {
            kind: "computed" as const,
            name: `computed: the ceiling of ${computed.machine}, ${computed.model}`,
            color: colors.computed,
          },
        ]),
    ...(published === undefined
      ? []
      : [{ kind: "published" as const, name: `published: ${published.machine}`, color: colors.published }]),
    ...(own === undefined
      ? []
      : [
          {
            kind: "measured" as const,
            name: `${own.kind}: ${own.machine}, ${shortenEngine(own.engine)}`,
            color: colors.measured,
          },
        ]),
  ];
}

function labelAcross(rows: readonly ThroughputRow[], y: object): object[] {
  // Two runs that lie close together would overprint each other, so the faster one alone is named.
  const [row] = rows.toSorted(
    (one, other) => (other.outputTokensPerSecond ?? 0) - (one.outputTokensPerSecond ?? 0),
  );
  if (row === undefined) return [];
  const text = `${row.model}, ${row.engine} (${row.date}), streams not stated: ${Math.round(row.outputTokensPerSecond ?? 0).toLocaleString("en-US")}`;
  return [
    {
      data: { values: [row] },
      mark: { type: "text", align: "left", baseline: "bottom", dx: 8, dy: -5, text },
      encoding: { x: { value: 0 }, y },
    },
  ];
}

function markWanted(options: { wantedTokensPerSecond?: number }, y: object): object[] {
  const { wantedTokensPerSecond: wanted } = options;
  if (wanted === undefined) return [];
  const data = { values: [{ outputTokensPerSecond: wanted }] };
  return [
    { data, mark: { type: "rule", strokeDash: [3, 3], strokeWidth: 2, color: "#c2571a" }, encoding: { y } },
    {
      data,
      mark: {
        type: "text",
        align: "right",
        baseline: "bottom",
        dx: -8,
        dy: -4,
        text: `wanted: ${wanted.toFixed(1)}`,
        fontWeight: 600,
      },
      encoding: { x: { value: "width" }, y },
    },
  ];
}

const rateSteps = [0.1, 1, 10, 100, 1_000, 10_000, 100_000].flatMap((power) => [power, 2 * power, 5 * power]);

/** From a little below the lowest rate to a little above the highest. */
function paddedRates(rows: readonly ThroughputRow[], wanted: number | undefined): [number, number] {
  const rates = rows.flatMap(({ outputTokensPerSecond: rate }) => (rate === null || rate <= 0 ? [] : [rate]));
  const all = wanted === undefined ? rates : [...rates, wanted];
  return all.length === 0 ? [1, 100] : [Math.min(...all) * 0.7, Math.max(...all) * 1.4];
}

function powersOfTwo(largest: number): number[] {
  const values: number[] = [];
  for (let value = 1; value <= largest; value *= 2) values.push(value);
  return values;
}

/** Says in a sentence or two what the chart of `comparisonChart` shows, each figure with its kind. */
export function describeComparison(
  rows: readonly ThroughputRow[],
  options: { wantedTokensPerSecond?: number } = {},
): string {
  const { wantedTokensPerSecond: wanted } = options;
  const best = (kinds: readonly ThroughputRow["kind"][]) =>
    rows
      .filter(({ kind, outputTokensPerSecond }) => kinds.includes(kind) && outputTokensPerSecond !== null)
      .toSorted((one, other) => (other.outputTokensPerSecond ?? 0) - (one.outputTokensPerSecond ?? 0))[0];
  const alone = rows.find(({ kind, streams }) => kind === "computed" && streams === 1);
  const rate = (row: ThroughputRow) =>
    `${row.outputTokensPerSecond?.toFixed(1)}${row.streams === null ? "" : ` at ${row.streams} ${row.streams === 1 ? "stream" : "streams"}`}`;
  const parts = [
    [best(["measured", "simulated"]), "at most"],
    [best(["published"]), "at most"],
    [alone, "the ceiling"],
    [best(["computed"]), "the ceiling"],
  ] as const;
  const said = parts.flatMap(([row, words]) =>
    row === undefined ? [] : [`${row.kind} on ${row.machine}: ${words} ${rate(row)}`],
  );
  const aim = wanted === undefined ? "" : ` Wanted are ${wanted.toFixed(1)}.`;
  return `Output tokens per second against streams. ${said.join("; ")}.${aim}`;
}
