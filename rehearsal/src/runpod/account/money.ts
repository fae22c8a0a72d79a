/** A stretch of time in which a pod cost the same; `toMs` is `null` while it lasts. */
export interface BillingSegment {
  fromMs: number;
  toMs: number | null;
  gpuUsdPerHour: number;
  diskUsdPerHour: number;
}

const hourMs = 3_600_000;
const hoursPerMonth = 730;

/** What a disk costs in USD per hour, from USD per GB and month (RunPod's price page, 2026-08). */
export function diskUsdPerHour(disks: { containerGb: number; volumeGb: number; isRunning: boolean }): number {
  const { containerGb, volumeGb, isRunning } = disks;
  // A stopped pod keeps only its volume, and pays double for it.
  const usdPerMonth = isRunning ? 0.1 * (containerGb + volumeGb) : 0.2 * volumeGb;
  return usdPerMonth / hoursPerMonth;
}

/** What network volumes cost in USD per hour, with or without a machine (RunPod's price page, 2026-08). */
export function volumeUsdPerHour(sizeGb: number): number {
  return (0.07 * sizeGb) / hoursPerMonth;
}

/** The stretch of time that a question about money is about; without an end, or a start, all of it. */
export interface BillingRange {
  fromMs?: number;
  toMs?: number;
}

/** What segments cost by now within a range, in USD; whole seconds are billed, begun ones count. */
export function costOf(
  segments: readonly BillingSegment[],
  nowMs: number,
  range: BillingRange = {},
): { gpuUsd: number; diskUsd: number; totalUsd: number } {
  let gpuUsd = 0;
  let diskUsd = 0;
  for (const segment of segments) {
    const hours = billedMs(segment, nowMs, range) / hourMs;
    gpuUsd += hours * segment.gpuUsdPerHour;
    diskUsd += hours * segment.diskUsdPerHour;
  }
  return { gpuUsd, diskUsd, totalUsd: gpuUsd + diskUsd };
}

/** Seconds of a pod that are billed for its GPUs by now. */
export function billedGpuSeconds(segments: readonly BillingSegment[], nowMs: number): number {
  const withGpu = segments.filter(({ gpuUsdPerHour }) => gpuUsdPerHour > 0);
  return withGpu.reduce((sum, segment) => sum + billedMs(segment, nowMs, {}) / 1_000, 0);
}

function billedMs(segment: BillingSegment, nowMs: number, range: BillingRange): number {
  const { fromMs, toMs } = segment;
  const lengthMs = Math.max(0, (toMs ?? nowMs) - fromMs);
  const billedEndMs = fromMs + Math.ceil(lengthMs / 1_000) * 1_000;
  const { fromMs: firstMs = fromMs, toMs: lastMs = billedEndMs } = range;
  return Math.max(0, Math.min(billedEndMs, lastMs) - Math.max(fromMs, firstMs));
}
