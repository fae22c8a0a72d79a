// The picture on the front page: dollars a month by way of serving, the answer marked, as an SVG that suits a phone.

import { chartColors } from "workbook/show";
import { escapeHtml, sayUsd, wrapWords } from "workbook/words";
import type { RunSummary } from "./run-summary.ts";

type Picture = NonNullable<RunSummary["picture"]>;

const width = 400;
const lineHeight = 18;
const barHeight = 14;
/** About as wide as digits are in the size of the prices: in bold, and not. */
const digitWidth = (isBold: boolean) => (isBold ? 10 : 9);
/** So many letters of a name fit into a line: in bold, and not. */
const lettersOfLine = (isBold: boolean) => (isBold ? 42 : 48);
const colors = { api: chartColors.blue, machine: chartColors.orange };
const names = { api: "API", machine: "machine" };
const paleness = 0.45;

/**
 * Draws a picture of ways; texts take the colour of the page around it.
 *
 * `standsAlone`: with a page of its own below it that follows the reader's theme.
 */
export function drawWays(picture: Picture, options: { standsAlone?: boolean } = {}): string {
  const { headline, subject, ways } = picture;
  const heads = wrapWords(headline, 36);
  const subjects = wrapWords(subject, 58);
  const top = 24 * heads.length + 19 * subjects.length + 12;
  // Behind each bar its price has room.
  const scales = ways.map(({ usdPerMonth, isAnswer }) => {
    return (
      (width - 8 - digitWidth(isAnswer) * sayBand(usdPerMonth).length) / Math.max(usdPerMonth.high, 0.01)
    );
  });
  const scale = Math.min(...scales);
  let height = top;
  const rows = ways.map((way) => {
    const labels = wrapWords(nameWay(way), lettersOfLine(way.isAnswer));
    const y = height;
    height += lineHeight * labels.length + barHeight + 16;
    return drawWay(way, { labels, y, scale });
  });
  const lines = [
    ...heads.map((line, index) => text(line, { y: 20 + 24 * index, size: 18, weight: 650 })),
    ...subjects.map((line, index) => text(line, { y: 24 * heads.length + 16 + 19 * index, size: 13 })),
    ...rows,
  ];
  const served = (["machine", "api"] as const).filter((one) => ways.some(({ serves }) => serves === one));
  lines.push(
    ...served.map((one, index) => drawKey(names[one], { x: 90 * index, y: height, color: colors[one] })),
  );
  if (ways.some(({ isAnswer }) => !isAnswer)) {
    lines.push(
      drawKey("pale: not the answer", {
        x: 90 * served.length,
        y: height,
        color: "currentColor",
        opacity: paleness,
      }),
    );
  }
  height += lineHeight;
  const margin = options.standsAlone === true ? 20 : 0;
  const box = `${-margin} ${-margin} ${width + 2 * margin} ${height + 2 * margin}`;
  const description = escapeHtml(describeWays(picture));
  return `<svg class="ways" viewBox="${box}" width="${width + 2 * margin}" height="${height + 2 * margin}" role="img" aria-label="${description}" xmlns="http://www.w3.org/2000/svg" font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif" fill="currentColor">
<title>${description}</title>${options.standsAlone === true ? pageBelow(margin) : ""}
${lines.join("\n")}
</svg>`;
}

/** Says a picture in words, for whoever does not see it. */
export function describeWays({ headline, subject, ways }: Picture): string {
  const said = ways.map(({ label, usdPerMonth, remark }) => {
    return `${label}${remark === "" ? "" : `, ${remark}`}: ${sayBand(usdPerMonth)}`;
  });
  return `${headline} ${subject} ${said.join("; ")}.`;
}

/** The words of a remark stay on one line. */
function nameWay({ label, remark }: Picture["ways"][number]): string {
  return remark === "" ? label : `${label} ${`– ${remark}`.replaceAll(" ", "\u00a0")}`;
}

function drawWay(
  { serves, usdPerMonth, isAnswer }: Picture["ways"][number],
  { labels, y, scale }: { labels: readonly string[]; y: number; scale: number },
): string {
  const { low, typical, high } = usdPerMonth;
  const weight = isAnswer ? 700 : 400;
  const barTop = y + lineHeight * labels.length;
  const middle = barTop + barHeight / 2;
  const band = `<path d="M${round(low * scale)} ${middle}H${round(high * scale)}" stroke="currentColor" stroke-width="2"/>`;
  return [
    ...labels.map((label, index) => text(label, { y: y + 12 + lineHeight * index, size: 14, weight })),
    `<rect y="${barTop}" width="${round(Math.max(typical * scale, 2))}" height="${barHeight}" rx="2" fill="${colors[serves]}"${isAnswer ? "" : ` fill-opacity="${paleness}"`}/>`,
    ...(high > low ? [band] : []),
    text(sayBand(usdPerMonth), { x: round(high * scale) + 8, y: barTop + 12, size: 14, weight }),
  ].join("");
}

/** One entry of the legend. */
function drawKey(
  name: string,
  { x, y, color, opacity = 1 }: { x: number; y: number; color: string; opacity?: number },
): string {
  const square = `<rect x="${x}" y="${y + 2}" width="12" height="12" rx="2" fill="${color}" fill-opacity="${opacity}"/>`;
  return square + text(name, { x: x + 18, y: y + 13, size: 13 });
}

function text(
  words: string,
  { x = 0, y, size, weight = 400 }: { x?: number; y: number; size: number; weight?: number },
): string {
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}">${escapeHtml(words)}</text>`;
}

function sayBand(usdPerMonth: Picture["ways"][number]["usdPerMonth"]): string {
  const [low, typical, high] = [usdPerMonth.low, usdPerMonth.typical, usdPerMonth.high].map(sayUsd);
  return `${typical}${low === high ? "" : ` (${low} to ${high})`}`;
}

function pageBelow(margin: number): string {
  return (
    "<style>svg{color:#22262b}.page{fill:#fdfcfa}" +
    "@media(prefers-color-scheme:dark){svg{color:#dfe2e5}.page{fill:#15181c}}</style>" +
    `<rect class="page" x="${-margin}" y="${-margin}" width="100%" height="100%" rx="8"/>`
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
