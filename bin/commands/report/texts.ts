// Changing the texts of a value, wherever in it they are.

/** Returns a copy of a JSON value with every text in it changed, names of properties included, and some properties hidden. */
export function mapTexts<Value>(
  value: Value,
  change: (text: string) => string,
  isHidden: (name: string, item: unknown) => boolean = () => false,
): Value {
  const mapAny = (part: unknown): unknown => {
    if (typeof part === "string") return change(part);
    if (Array.isArray(part)) return part.map(mapAny);
    if (typeof part !== "object" || part === null) return part;
    const entries = Object.entries(part);
    return Object.fromEntries(
      entries.map(([name, item]) => [change(name), isHidden(name, item) ? "{hidden}" : mapAny(item)]),
    );
  };
  return mapAny(value) as Value;
}

/** Changes the cells of an HTML table that stand below the heads in question; any other text stays as it is. */
export function mapCells(text: string, headPattern: RegExp, change: (cell: string) => string): string {
  if (!text.includes("<table")) return text;
  const heads = [...text.matchAll(/<th\b[^>]*>(.*?)<\/th>/gs)].map(([, head = ""]) => head.trim());
  if (!heads.some((head) => headPattern.test(head))) return text;
  return text.replace(/<tr>.*?<\/tr>/gs, (row) => {
    let column = -1;
    return row.replace(/(<td\b[^>]*>)(.*?)(<\/td>)/gs, (whole, start: string, cell: string, end: string) => {
      column += 1;
      return headPattern.test(heads[column] ?? "") ? `${start}${change(cell)}${end}` : whole;
    });
  });
}

/** Makes a text a regular expression that matches it. */
export function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
