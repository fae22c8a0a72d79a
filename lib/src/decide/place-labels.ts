/** A label beside a point, in pixels from the upper left of the plot. */
export interface Label {
  text: string;
  x: number;
  y: number;
  color: string;
}

/** A label where it does stand. */
export interface PlacedLabel extends Label {
  align: "left" | "right";
}

/** About as wide and high as bold text of eleven pixels is. */
const [letterWidth, lineHeight] = [6.9, 15];

/** Between a point and its label. */
const gap = 6;

/** Places labels beside their points inside a plot, each moved up or down until it is clear of those before it. */
export function placeLabels(
  labels: readonly Label[],
  plot: { width: number; height: number },
): PlacedLabel[] {
  const placed: (PlacedLabel & { from: number; to: number })[] = [];
  for (const label of labels) {
    const width = label.text.length * letterWidth;
    // To the right of its point where there is room, else to the left, else from the plot's edge.
    const align = label.x + gap + width <= plot.width ? "left" : "right";
    const x = align === "left" ? label.x + gap : Math.max(label.x - gap, Math.min(width, plot.width));
    const from = align === "left" ? x : x - width;
    const isFree = (y: number) =>
      y >= lineHeight / 2 &&
      y <= plot.height - lineHeight / 2 &&
      placed.every(
        (other) => Math.abs(other.y - y) >= lineHeight || other.from > from + width || other.to < from,
      );
    const steps = Array.from(
      { length: 60 },
      (_, step) => (step % 2 === 0 ? -1 : 1) * Math.ceil(step / 2) * 6,
    );
    const y = steps.map((step) => label.y + step).find(isFree) ?? label.y;
    placed.push({ ...label, x, y, align, from, to: from + width });
  }
  return placed.map(({ from: _, to: __, ...label }) => label);
}
