import type { WarmReading } from "./capacity.ts";

/** What has a prefix cache that was measured, or not. */
type Cached = { warm?: WarmReading | undefined };

/**
 * Computes which part of the input a machine need not read: what repeats × what its cache held of that × what a token in it saves.
 *
 * Where nobody measured it, the cache is assumed to hold all that repeats, and a token in it to cost nothing.
 */
export function ownCachedShare(repeatedShare: number, { warm }: Cached): number {
  return warm === undefined ? repeatedShare : repeatedShare * warm.keptShare * warm.savedShare;
}

/** Says what was measured of a prefix cache, and what that makes of a load of which so much repeats. */
export function describeWarm(warm: WarmReading, repeatedShare: number): string {
  const { keptShare, savedShare, source, date } = warm;
  const rate = Math.round(warm.prefillTokensPerSecond).toLocaleString("en-US");
  const ofLoad =
    repeatedShare === 0
      ? "In this load nothing repeats, so the cache saves nothing"
      : `In this load ${percent(repeatedShare)} of the input repeats, and the machine need not read ${percent(ownCachedShare(repeatedShare, { warm }))}`;
  return (
    `By a measurement its prefix cache held ${percent(keptShare)} of what conversations repeat. A cached token took ${percent(1 - savedShare)} ` +
    `of the time of another one, and later turns were read at ${rate} tokens/s (${source}, ${date}). ${ofLoad}.`
  );
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
