import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { ConformanceContext } from "./check.ts";
import { send } from "./send.ts";

/** One line of a metrics page. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** A metrics page: the declared type of each metric, and its samples. */
export interface MetricsPage {
  types: Map<string, string>;
  samples: Sample[];
}

/** Sums the growth of all samples of one name that carry the given labels. */
export type Growth = (name: string, labels?: Record<string, string>) => number;

const pollMs = 20;

/** Reads the metrics of the server as they are now. */
export async function readMetrics(context: ConformanceContext): Promise<MetricsPage> {
  const answer = await send(context, { path: "/metrics" });
  assert.equal(answer.status, 200);
  const lines = answer.text.split("\n");
  const types = lines.flatMap((line): [string, string][] => {
    const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    return name === undefined || type === undefined ? [] : [[name, type]];
  });
  return {
    types: new Map(types),
    samples: lines.filter((line) => line !== "" && !line.startsWith("#")).map(parseSample),
  };
}

/** Waits until no request runs or waits any more, and gives the metrics of that moment. */
export async function readSettledMetrics(context: ConformanceContext): Promise<MetricsPage> {
  for (;;) {
    const page = await readMetrics(context);
    if (total(page, "vllm:num_requests_running") + total(page, "vllm:num_requests_waiting") === 0)
      return page;
    await delay(pollMs);
  }
}

/** Does some work on an otherwise idle server and gives what it added to the metrics. */
export async function measureGrowth<Result>(
  context: ConformanceContext,
  work: () => Promise<Result>,
): Promise<{ result: Result; growth: Growth }> {
  const before = await readSettledMetrics(context);
  const result = await work();
  const after = await readSettledMetrics(context);
  return { result, growth: (name, labels) => total(after, name, labels) - total(before, name, labels) };
}

/** Gives the samples of one name that carry the given labels. */
export function findSamples(page: MetricsPage, name: string, labels: Record<string, string> = {}): Sample[] {
  return page.samples.filter(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
}

/** Sums the samples of one name that carry the given labels; there must be one. */
export function total(page: MetricsPage, name: string, labels: Record<string, string> = {}): number {
  const samples = findSamples(page, name, labels);
  assert.notEqual(samples.length, 0, `/metrics has no ${name} ${JSON.stringify(labels)}`);
  return samples.reduce((sum, sample) => sum + sample.value, 0);
}

function parseSample(line: string): Sample {
  const [, name, labels = "", value] = /^([\w:]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  assert.ok(name !== undefined && value !== undefined, `not a line of a metrics page: ${line}`);
  const pairs = labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
  return {
    name,
    labels: Object.fromEntries([...pairs].map(([, label, text]) => [label, text])),
    value: value === "+Inf" ? Number.POSITIVE_INFINITY : Number(value),
  };
}
