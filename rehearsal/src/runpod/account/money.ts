import { hoursPerMonth, loadStoragePrices } from "workbook/facts";

/** A stretch of time in which a container cost the same; `toMs` is `null` while it lasts. */
export interface BillingSegment {
  fromMs: number;
  toMs: number | null;
  gpuUsdPerHour: number;
  diskUsdPerHour: number;
}

/** The stretch of time that a question about money is about. */
export interface BillingRange {
  fromMs: number;
  toMs: number;
}

const allTime: BillingRange = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
const hourMs = 3_600_000;

/** What the disks of a running container cost in USD per hour. */
export function diskUsdPerHour(disks: { containerGb: number; volumeGb: number }): number {
  const prices = loadStoragePrices();
  const containerUsd = disks.containerGb * prices.containerDiskUsdPerGbMonth;
  return (containerUsd + disks.volumeGb * prices.volumeDiskUsdPerGbMonth) / hoursPerMonth;
}

/** What network volumes cost in USD per hour, with or without a machine. */
export function volumeUsdPerHour(sizeGb: number): number {
  return (sizeGb * loadStoragePrices().networkVolumeUsdPerGbMonth) / hoursPerMonth;
}

/** What segments cost by now within a range, in USD; whole seconds are billed, begun ones count. */
export function costOf(
  segments: readonly BillingSegment[],
  nowMs: number,
  range: BillingRange = allTime,
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

/** Seconds that are billed by now. */
export function billedSeconds(segments: readonly BillingSegment[], nowMs: number): number {
  return segments.reduce((sum, segment) => sum + billedMs(segment, nowMs, allTime) / 1_000, 0);
}

function billedMs({ fromMs, toMs }: BillingSegment, nowMs: number, range: BillingRange): number {
  const lengthMs = Math.max(0, (toMs ?? nowMs) - fromMs);
  const billedEndMs = fromMs + Math.ceil(lengthMs / 1_000) * 1_000;
  return Math.max(0, Math.min(billedEndMs, range.toMs) - Math.max(fromMs, range.fromMs));
}
