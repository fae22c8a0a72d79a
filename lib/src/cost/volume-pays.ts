import { requireNumber } from "../require-number.ts";
import { networkVolumeUsdPerMonth } from "../serving/index.ts";
import { inWords, sayUsd } from "../words/index.ts";

/** Gigabytes a second from the Hub to a pod's disk, where nobody has measured it; assumed. */
const assumedGbPerSecond = 0.2;

/** What a network volume that keeps the weights costs, and what it saves. */
export interface VolumePays {
  /** The download that a start is spared, in seconds. */
  downloadSeconds: number;
  kind: "measured" | "assumed";
  /** What these seconds of the machine cost. */
  usdSavedPerStart: number;
  volumeUsdPerMonth: number;
  /** From so many starts a month on the volume costs less than it saves; `null`: it never does. */
  startsPerMonth: number | null;
  sentence: string;
}

/**
 * Computes from how many starts a month a network volume pays, which spares each start the download of the weights.
 *
 * In dollars alone, by list prices: people who wait for a start wait less from the first one on. At best, since
 * weights may be read more slowly from a network volume than from a pod's own disk.
 *
 * @throws InputError that names the field that makes no sense.
 */
export function volumePays(input: {
  /** Of the volume. */
  sizeGb: number;
  /** Of the weights. */
  downloadGb: number;
  /** As measured; `null`: assumed from the size. */
  downloadSeconds: number | null;
  /** Of the machine that waits for them. */
  usdPerHour: number;
}): VolumePays {
  const { sizeGb, downloadGb, usdPerHour } = input;
  requireNumber("volumePays", { sizeGb, downloadGb, usdPerHour }, { above: 0 });
  const kind = input.downloadSeconds === null ? "assumed" : "measured";
  const downloadSeconds = input.downloadSeconds ?? downloadGb / assumedGbPerSecond;
  requireNumber("volumePays", { downloadSeconds }, { from: 0 });
  const usdSavedPerStart = (downloadSeconds / 3_600) * usdPerHour;
  const volumeUsdPerMonth = networkVolumeUsdPerMonth(sizeGb);
  const startsPerMonth = usdSavedPerStart === 0 ? null : Math.ceil(volumeUsdPerMonth / usdSavedPerStart);
  const basis = kind === "measured" ? "measured" : `assumed, at ${assumedGbPerSecond} GB a second`;
  const saved = `A network volume of ${inWords(sizeGb)} GB costs ${sayUsd(volumeUsdPerMonth)} a month and saves each start ${Math.round(downloadSeconds)} s of download (${basis}), which cost ${sayUsd(usdSavedPerStart)}`;
  const from =
    startsPerMonth === null
      ? "it never pays"
      : `it pays from ${inWords(startsPerMonth)} ${startsPerMonth === 1 ? "start" : "starts"} a month on`;
  return {
    ...{ downloadSeconds, kind, usdSavedPerStart, volumeUsdPerMonth, startsPerMonth },
    sentence: `${saved}: in dollars ${from}.`,
  };
}
