import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { chartColors } from "../../lib/src/show/chart-defaults.ts";

/** The share of light that a colour sends back, as WCAG 2.2 reckons it. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((place) => {
    const share = Number.parseInt(color.slice(place, place + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const darkPages = ["#15181c", "#111111"];
const sheets = ["jupyter/lab/custom/custom.css", "jupyter/templates/page/static/report.css"];

describe("a colour of the charts", () => {
  for (const [name, color] of Object.entries(chartColors))
    test(`has a contrast of 3:1 on white and on a dark page: ${name}`, () => {
      for (const page of ["#ffffff", ...darkPages])
        assert.ok(
          contrast(color, page) >= 3,
          `${name} (${color}) has a contrast of ${contrast(color, page).toFixed(2)}:1 on ${page}; it needs 3:1. ` +
            "Choose a lighter or darker one in lib/src/show/chart-defaults.ts.",
        );
    });

  for (const sheet of sheets)
    test(`is the one that a rule for texts looks for: ${sheet}`, () => {
      const text = readFileSync(new URL(`../../${sheet}`, import.meta.url), "utf8");
      const named = [...text.matchAll(/text\[fill="(#[0-9a-f]{6})"\]/g)].map(([, color]) => color);
      const known: readonly string[] = Object.values(chartColors);
      assert.deepEqual(
        named.filter((color) => color !== undefined && !known.includes(color)),
        [],
        `${sheet} has a rule for texts in a colour that chartColors has no longer: put the new colour there.`,
      );
      assert.ok(named.length > 0);
    });
});
