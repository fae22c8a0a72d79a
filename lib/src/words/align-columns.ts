/** A terminal breaks longer lines, and of a rule that is broken every part looks like one. */
const longestRule = 120;

/**
 * Writes rows of texts as lines, each column as wide as its widest text and two spaces apart; with `hasHead` a rule
 * stands below the first row. Columns are aligned to the left where `alignments` does not say otherwise.
 */
export function alignColumns(
  rows: readonly (readonly string[])[],
  options: { alignments?: readonly ("left" | "right")[]; hasHead?: boolean } = {},
): string {
  const { alignments = [], hasHead = false } = options;
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => lengthOf(row[column]))));
  const lines = rows.map((row) => {
    const cells = widths.map((width, column) => {
      const text = row[column] ?? "";
      const padding = " ".repeat(width - lengthOf(text));
      return alignments[column] === "right" ? padding + text : text + padding;
    });
    return cells.join("  ").trimEnd();
  });
  if (hasHead)
    lines.splice(
      1,
      0,
      widths
        .map((width) => "─".repeat(width))
        .join("  ")
        .slice(0, longestRule),
    );
  return lines.join("\n");
}

function lengthOf(text = ""): number {
  return [...text].length;
}
