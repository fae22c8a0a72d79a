// Changing the texts of a notebook, wherever in it they are.

/**
 * Returns a copy of a JSON value with every text in it changed, names of properties included.
 *
 * @param {any} value
 * @param {(text: string) => string} change
 * @returns {any}
 */
export function mapTexts(value, change) {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [change(name), mapTexts(item, change)]),
  );
}

/**
 * Changes the cells of an HTML table that stand below the heads in question; any other text stays as it is.
 *
 * @param {string} text
 * @param {RegExp} headPattern
 * @param {(cell: string) => string} change
 * @returns {string}
 */
export function mapCells(text, headPattern, change) {
  if (!text.includes("<table")) return text;
  const heads = [...text.matchAll(/<th\b[^>]*>(.*?)<\/th>/gs)].map(([, head = ""]) => head.trim());
  if (!heads.some((head) => headPattern.test(head))) return text;
  return text.replace(/<tr>.*?<\/tr>/gs, (row) => {
    let column = -1;
    return row.replace(/(<td\b[^>]*>)(.*?)(<\/td>)/gs, (whole, start, cell, end) => {
      column += 1;
      return headPattern.test(heads[column] ?? "") ? `${start}${change(cell)}${end}` : whole;
    });
  });
}

/**
 * Makes one text of each that Jupyter saved as a list of lines, and of what one stream wrote without anything between.
 *
 * What is one text for its readers must be one for whoever looks for something in it.
 *
 * Outputs are `any`: they are what kernels wrote, and each use looks for itself.
 *
 * @template {{ cells: { source: string | string[], outputs?: any[] }[] }} Notebook
 * @param {Notebook} notebook
 * @returns {Notebook}
 */
export function joinTexts(notebook) {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: joinLines(cell.source),
    ...(cell.outputs === undefined ? {} : { outputs: joinStreams(cell.outputs) }),
  }));
  return { ...notebook, cells };
}

/** @param {readonly any[]} outputs */
function joinStreams(outputs) {
  /** @type {any[]} */
  const joined = [];
  for (const output of outputs) {
    const last = joined.at(-1);
    if (output.output_type !== "stream") joined.push({ ...output, ...joinData(output) });
    else if (last?.output_type === "stream" && last.name === output.name) last.text += joinLines(output.text);
    else joined.push({ ...output, text: joinLines(output.text) });
  }
  return joined;
}

/** @param {{ data?: Record<string, unknown> }} output */
function joinData({ data }) {
  if (data === undefined) return {};
  return {
    data: Object.fromEntries(Object.entries(data).map(([type, content]) => [type, joinLines(content)])),
  };
}

/** @param {any} text */
function joinLines(text) {
  const isLines = Array.isArray(text) && text.every((line) => typeof line === "string");
  return isLines ? text.join("") : text;
}

/**
 * Makes a text a regular expression that matches it.
 * @param {string} text
 */
export function escapePattern(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
