import { describeLatency } from "../cost/index.ts";
import { type ChartSpec, chartColors, quantitative } from "../show/index.ts";
import { inWords, sayRange, sayUsd, shortName, wrapWords } from "../words/index.ts";
import type { Decision } from "./decide-types.ts";
import {
  type ApiMark,
  keepsWords,
  listApiMarks,
  listMachineMarks,
  type MachineMark,
} from "./decision-marks.ts";
import { type Label, placeLabels } from "./place-labels.ts";

// Narrow enough for a phone held upright.
const plot = { width: 270, height: 360 };
const lettersOfLine = 30;

const axes = {
  "per token": { field: "timePerOutputTokenMs", title: "ms per output token" },
  "first token": { field: "timeToFirstTokenMs", title: "ms to the first token" },
} as const;

/**
 * Draws dollars per million tokens against how long users wait for a token: a mark for each machine in its cheapest form, with bands
 * on those that no other beats in price and wait; APIs, whose waits nobody publishes, as lines at the left; the target upright.
 */
export function decisionChart(
  decision: Decision,
  { axis = "per token" }: { axis?: keyof typeof axes } = {},
): ChartSpec {
  const { answer, latencyTarget, load, date } = decision;
  const { field, title } = axes[axis];
  const limit = latencyTarget?.[field] ?? null;
  const [apis, machines] = [listApiMarks(decision), listMachineMarks(decision, field)];
  const best = machines.filter(({ isBest }) => isBest);
  const scales = makeScales({ apis, machines, limit });
  const percentile = (latencyTarget?.percentile ?? 95) <= 50 ? "on average" : "for 95 %";
  const x = (name: string) =>
    quantitative(name, `${title}, ${percentile}`, {
      scale: { type: "log", domain: scales.x, nice: false },
      axis: { format: "~s", tickCount: 5, grid: false },
    });
  const y = (name: string) =>
    quantitative(name, "dollars per million tokens", {
      scale: { type: "log", domain: scales.y, nice: false },
      axis: { format: "$~g", tickCount: 6, grid: false },
    });
  const band = { type: "rule", clip: true, strokeWidth: 1.5, color: chartColors.orange };
  const usd = answer === null ? "" : `: ${sayUsd(answer.usdPerMonth.typical)} a month`;
  return {
    description: describeChart(decision, { apis, machines, axis }),
    usermeta: { figures: { kind: "computed", from: listSources(decision, machines) } },
    title: {
      text: wrapWords(
        answer === null ? "Nothing is sure to keep to the target" : `Take ${answer.label}${usd}`,
        lettersOfLine,
      ),
      subtitle: [
        ...wrapWords(
          `${inWords(Math.round(load.requestsPerMonth))} requests a month, computed on ${date}`,
          lettersOfLine,
        ),
        ...(apis.length === 0 ? [] : ["blue: APIs, waits not published"]),
        ...(best.length === 0 ? [] : ["bright: cheapest at its speed"]),
      ],
      subtitleColor: "currentColor",
      frame: "group",
      fontSize: 13,
      subtitleFontSize: 12,
    },
    ...plot,
    layer: [
      drawApis(apis.slice(0, 1), plot.width, y("usd")),
      drawApis(apis.slice(1), 14, y("usd")),
      ...(limit === null ? [] : [drawTarget(limit, x("limit"))]),
      {
        data: { values: best },
        mark: band,
        encoding: { x: x("waitLow"), x2: { field: "waitHigh" }, y: y("usd") },
      },
      {
        data: { values: best },
        mark: band,
        encoding: { x: x("wait"), y: y("usdLow"), y2: { field: "usdHigh" } },
      },
      drawMachines(machines, { x: x("wait"), y: y("usd") }),
      ...labelMarks({ decision, apis, machines, limit, scales }),
    ],
  };
}

function drawApis(apis: readonly ApiMark[], width: number, y: object): object {
  return {
    data: { values: apis },
    mark: { type: "rule", color: chartColors.blue, strokeWidth: 2, tooltip: true },
    encoding: { x: { value: 0 }, x2: { value: width }, y, tooltip: [{ field: "label" }, { field: "usd" }] },
  };
}

function drawTarget(limit: number, x: object): object {
  const mark = { type: "rule", strokeDash: [5, 4], strokeWidth: 2, color: chartColors.purple };
  return { data: { values: [{ limit }] }, mark, encoding: { x } };
}

const looks = new Map<string, { color: string; shape: string }>([
  [keepsWords.yes, { color: chartColors.orange, shape: "circle" }],
  [keepsWords.measure, { color: chartColors.ochre, shape: "triangle-up" }],
  [keepsWords.no, { color: chartColors.grey, shape: "cross" }],
]);

function drawMachines(machines: readonly MachineMark[], place: object): object {
  const shown = [...looks].filter(([keeps]) => machines.some((mark) => mark.keeps === keeps));
  const look = (part: "color" | "shape") => ({
    field: "keeps",
    type: "nominal",
    title: null,
    legend: { orient: "bottom", columns: 1, labelLimit: 0, symbolOpacity: 1 },
    scale: { domain: shown.map(([keeps]) => keeps), range: shown.map(([, style]) => style[part]) },
  });
  return {
    data: { values: machines },
    // The description of the chart says what matters; a label for each of hundreds of marks would be twice its size.
    mark: { type: "point", filled: true, aria: false },
    encoding: {
      ...place,
      color: look("color"),
      shape: look("shape"),
      size: { condition: { test: "datum.isBest", value: 60 }, value: 24 },
      opacity: { condition: { test: "datum.isBest", value: 1 }, value: 0.4 },
      tooltip: ["label", "usdPerMonth", "usd", "wait", "keeps", "evidence"].map((name) => ({ field: name })),
    },
  };
}

interface Scales {
  x: readonly [number, number];
  y: readonly [number, number];
}

interface Drawn {
  apis: readonly ApiMark[];
  machines: readonly MachineMark[];
  limit: number | null;
}

function makeScales({ apis, machines, limit }: Drawn): Scales {
  const domain = (values: readonly number[], margin: number) =>
    values.length === 0
      ? ([1, 10] as const)
      : ([Math.min(...values) / margin, Math.max(...values) * margin] as const);
  const waits = [...machines.map(({ wait }) => wait), ...(limit === null ? [] : [limit])];
  const dollars = [...machines, ...apis].map(({ usd }) => usd);
  return { x: domain(waits, 1.4), y: domain(dollars, 1.6) };
}

/** Names the target, the cheapest and the dearest API, and the cheapest machine that keeps to the target. */
function labelMarks({
  decision,
  apis,
  machines,
  limit,
  scales,
}: Drawn & { decision: Decision; scales: Scales }): object[] {
  const at = (value: number, [from, to]: readonly [number, number]) =>
    Math.log(value / from) / Math.log(to / from);
  const left = (wait: number) => at(wait, scales.x) * plot.width;
  const top = (usd: number) => (1 - at(usd, scales.y)) * plot.height;
  const labels: Label[] = [];
  if (limit !== null) {
    labels.push({
      text: `target ${inWords(Math.round(limit))} ms`,
      x: left(limit),
      y: 10,
      color: chartColors.purple,
    });
  }
  const isOne = decision.models.length === 1;
  for (const api of new Set([apis[0], apis.at(-1)])) {
    if (api === undefined) continue;
    const text = `${isOne ? api.place : api.label} ${sayUsd(api.usd)}`;
    labels.push({ text, x: 12, y: top(api.usd) + 11, color: chartColors.blue });
  }
  const { cheapestMachine: way } = decision;
  const mark = machines.find(({ isBest, label }) => isBest && label === way?.label);
  if (mark !== undefined && way !== null) {
    const model = isOne ? "" : `${shortName(way.model)} on `;
    const text = `${model}${way.machine}, ${way.precision} ${sayUsd(mark.usd)}`;
    labels.push({ text, x: left(mark.wait), y: top(mark.usd) + 11, color: chartColors.orange });
  }
  return placeLabels(labels, plot).map(({ text, x, y, align, color }) => ({
    data: { values: [{}] },
    mark: { type: "text", text, align, baseline: "middle", fontWeight: 600, fontSize: 11, color, clip: true },
    encoding: { x: { value: x }, y: { value: y } },
  }));
}

function listSources({ ways }: Decision, machines: readonly MachineMark[]) {
  const drawn = new Set(machines.map(({ label }) => label));
  return ways
    .filter(({ label, serves }) => serves === "api" || drawn.has(label))
    .map(({ observed, sources }) => ({ observed, sources: sources.slice(0, 1) }));
}

function describeChart(
  { latencyTarget, sentence }: Decision,
  { apis, machines, axis }: Omit<Drawn, "limit"> & { axis: keyof typeof axes },
): string {
  const sure = machines.filter(({ keeps }) => keeps === keepsWords.yes).length;
  const lines =
    apis.length === 0
      ? "No API has a price."
      : `APIs are lines, since their waits are not published: ${sayRange(sayUsd(apis[0]?.usd ?? 0), sayUsd(apis.at(-1)?.usd ?? 0))}.`;
  const target = latencyTarget === null ? "" : ` of ${describeLatency(latencyTarget)}`;
  const wait = axis === "per token" ? "the time per output token" : "the time to the first token";
  return `Dollars per million tokens against ${wait}: ${inWords(machines.length)} machines, of which ${inWords(sure)} are sure to keep to the target${target}. ${lines} ${sentence}`;
}
