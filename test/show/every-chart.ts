import {
  assessBreakEven,
  breakEvenChart,
  policyCostChart,
  regionChart,
  replayTrace,
  sensitivityChart,
  traceLoadChart,
  waitingChart,
} from "../../lib/src/cost/index.ts";
import { decide, decisionChart } from "../../lib/src/decide/index.ts";
import {
  compareMeasurements,
  compareWithPublished,
  comparisonChart,
  ratioChart,
  requestTimelineChart,
  throughputChart,
  tokenTimelineChart,
} from "../../lib/src/measure/index.ts";
import type { ChartSpec } from "../../lib/src/show/index.ts";
import { repeatAsWeek } from "../../lib/src/traffic/index.ts";
import { chatTarget, makeCapacity } from "../cost/capacities.ts";
import { makeTrace } from "../cost/replay/traces.ts";
import { makeLoad, smallBook } from "../decide/made-up.ts";
import { allAt, makeLevel, makeMeasurement } from "../helpers/measurement.ts";
import { makeRecord } from "../helpers/request-record.ts";

const prices = { gpuUsdPerHour: 1.56, inputUsdPerMillion: 2.68, outputUsdPerMillion: 3.54 };
const labels = { machine: "4 × A40, Runpod 2024: $1.56 an hour", api: "Azure 2024, by the token" };

function breakEvens(): [string, ChartSpec][] {
  const steep = { gpuUsdPerHour: 3, inputUsdPerMillion: 0.1, outputUsdPerMillion: 0.8 };
  return [0, 100].flatMap((mix) => [
    [`break-even at ${mix}`, breakEvenChart({ ...prices, inputTokensPerOutputToken: mix }, labels)],
    [`steep break-even at ${mix}`, breakEvenChart({ ...steep, inputTokensPerOutputToken: mix }, labels)],
  ]);
}

function regions(): [string, ChartSpec][] {
  const loads = [
    { inputTokensPerOutputToken: 95, tokensPerSecond: 40_000 },
    { inputTokensPerOutputToken: 0.2, tokensPerSecond: 0.01 },
  ];
  const mixes = [
    { label: "chat (Azure 2023)", inputTokensPerOutputToken: 5.47 },
    { label: "my-log.csv, requests times 0.1, as a week", inputTokensPerOutputToken: 6 },
    { label: "code (Azure 2023)", inputTokensPerOutputToken: 73 },
  ];
  const capacity = makeCapacity();
  return [
    ["region without a capacity", regionChart(prices)],
    ...loads.map((load): [string, ChartSpec] => [
      `region of a load of ${load.tokensPerSecond}`,
      regionChart({
        ...prices,
        capacity,
        latencyTarget: chatTarget,
        mixes,
        load: { label: "your load", ...load },
      }),
    ]),
    ["region of a dear machine", regionChart({ ...prices, gpuUsdPerHour: 20, capacity })],
  ];
}

function assessments(): [string, ChartSpec][] {
  const input = { ...prices, inputTokensPerOutputToken: 1 };
  const ranges = {
    gpuUsdPerHour: { lowest: 1.56, typical: 1.76, highest: 12.25 },
    peopleUsdPerMonth: { lowest: 0, typical: 0, highest: 12_345.678 },
  };
  return [
    ["sensitivity", sensitivityChart(assessBreakEven(input))],
    [
      "sensitivity of a capacity",
      sensitivityChart(assessBreakEven({ ...input, ...ranges, capacity: makeCapacity() })),
    ],
  ];
}

function replays(): [string, ChartSpec][] {
  const trace = makeTrace([
    [0, 4, 6],
    [0, 5, 5],
    [15, 6, 4],
    [3_000, 0, 10],
  ]);
  return [1, 3_000].flatMap((dearness): [string, ChartSpec][] => {
    const replay = replayTrace({
      trace,
      capacity: { prefillTokensPerSecond: 1, decodeTokensPerSecond: 1 },
      prices: {
        gpuUsdPerHour: 3.6 * dearness,
        serverlessUsdPerSecond: 0.002 * dearness,
        inputUsdPerMillion: 1_000,
        outputUsdPerMillion: 2_000,
      },
      policies: [
        { kind: "always-on" },
        { kind: "business-hours", days: [1, 3, 5, 7], fromHour: 8.5, toHour: 17.75, pods: 12 },
        { kind: "autostop", idleMinutes: 15 },
        { kind: "serverless", maxWorkers: 3 },
        { kind: "maas" },
      ],
      latencyTarget: { timeToFirstTokenMs: 8_000, percentile: 95 },
    });
    return [
      [`policies at ${dearness}`, policyCostChart(replay)],
      [`waits at ${dearness}`, waitingChart(replay)],
      [`load of a trace ${dearness}`, traceLoadChart(dearness === 1 ? trace : repeatAsWeek(trace))],
    ];
  });
}

function decisions(): [string, ChartSpec][] {
  const asked = { book: smallBook, date: "2026-01-02", gpus: ["H100 SXM"] };
  const common = { ...asked, models: "Qwen/Qwen3-32B", latencyTarget: chatTarget };
  return [0.01, 5].flatMap((requestsPerSecond): [string, ChartSpec][] => {
    const decision = decide({ ...common, load: makeLoad({ requestsPerSecond }) });
    return [
      [`decision at ${requestsPerSecond} requests a second`, decisionChart(decision)],
      [`first tokens at ${requestsPerSecond}`, decisionChart(decision, { axis: "first token" })],
    ];
  });
}

function ladder(knee: number | null) {
  const levels = [1, 2, 4, 8, 16, 32, 64, 128, 256].map((streams) => {
    const rate = 15_000 * (1 - 0.98 ** streams);
    const times = { firstTokenP50Ms: 90 * streams, firstTokenP95Ms: 95 * streams, perTokenP50Ms: 40 };
    const repeats = [1, 1.1, 0.8].map((spread) => ({
      ...times,
      inputTokensPerSecond: rate,
      outputTokensPerSecond: rate * spread,
    }));
    return makeLevel({
      streams,
      outputTokensPerSecond: rate,
      timeToFirstTokenMs: allAt(times.firstTokenP50Ms),
      repeats,
    });
  });
  return makeMeasurement({ levels, knee: knee === null ? null : { streams: knee, reason: "no gain" } });
}

function throughputs(): [string, ChartSpec][] {
  const wide = compareMeasurements(ladder(8), { ...ladder(8), startedAt: "2026-11-25T10:00:00.000Z" });
  const band = (typical: number) => ({ low: typical * 0.6, typical, high: typical * 1.2 });
  const curve = (name: string) => ({
    name,
    points: [1, 8, 64].map((streams) => ({
      streams,
      outputTokensPerSecond: band(14 * streams ** 0.8),
      timeToFirstTokenMs: band(300 + streams * 20),
    })),
  });
  const forecasts = ["yes", "no"].map((known) => curve(`4 × A40, 16-bit, peer-to-peer: ${known}`));
  const rows = compareWithPublished(ladder(8));
  return [
    ...[1, 16, 256, null].map((knee): [string, ChartSpec] => [
      `ladder with its knee at ${knee}`,
      throughputChart(ladder(knee)),
    ]),
    ["ladder of one level", throughputChart(makeMeasurement())],
    ["comparison", comparisonChart(rows, { wantedTokensPerSecond: 69.66 })],
    ["comparison with what was wanted close by", comparisonChart(rows, { wantedTokensPerSecond: 660 })],
    ["forecasts", comparisonChart(rows, { wantedTokensPerSecond: 640, forecasts })],
    ["ratios", ratioChart(wide)],
  ];
}

function timelines(): [string, ChartSpec][] {
  const records = Array.from({ length: 40 }, (_, index) =>
    makeRecord(index, index % 7 === 3 ? { outcome: "failed", firstTokenAtMs: null } : {}),
  );
  const answer = (firstMs: number) => ({
    unit: "tokens" as const,
    arrivals: Array.from({ length: 60 }, (_, index) => ({
      atMs: firstMs + index * 20,
      count: index + 1,
      text: "word",
    })),
  });
  return [
    ["requests", requestTimelineChart(records)],
    ["an answer", tokenTimelineChart(answer(250))],
    ["an answer that was long awaited", tokenTimelineChart(answer(25_000))],
  ];
}

/** Every chart of the workbook, some of them several times: with figures and names at which labels have the least room. */
export function makeEveryChart(): [name: string, spec: ChartSpec][] {
  return [
    ...breakEvens(),
    ...regions(),
    ...assessments(),
    ...replays(),
    ...decisions(),
    ...throughputs(),
    ...timelines(),
  ];
}
