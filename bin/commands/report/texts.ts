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
  // Texts and tags in turn; a search for the end of each cell would read the rest of the text again and again.
  const parts = text.split(/(<\/?(?:th|tr|td)\b[^<>]*>)/i);
  const tagOf = (index: number) => /^<(\/?\w+)/.exec(parts[index] ?? "")?.[1]?.toLowerCase();
  const heads = parts.flatMap((_, index) => {
    if (tagOf(index) !== "th") return [];
    return [(tagOf(index + 2) === "/th" ? (parts[index + 1] ?? "") : "").trim()];
  });
  if (!heads.some((head) => headPattern.test(head))) return text;
  let column = -1;
  return parts
    .map((part, index) => {
      if (index % 2 === 1) {
        const tag = tagOf(index);
        if (tag === "tr") column = -1;
        if (tag === "td") column += 1;
        return part;
      }
      const isCell = tagOf(index - 1) === "td" && tagOf(index + 1) === "/td";
      return isCell && headPattern.test(heads[column] ?? "") ? change(part) : part;
    })
    .join("");
}

/** Makes a text a regular expression that matches it. */
export function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
