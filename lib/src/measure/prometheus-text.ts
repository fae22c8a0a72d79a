/** One sample of a metrics page: a name, its labels and a value. */
export interface MetricSample {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

const sampleLine = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?[ \t]+([^ \t]+)(?:[ \t]+-?\d+)?$/;
const labelPair = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const escapes: Record<string, string> = { "\\n": "\n", '\\"': '"', "\\\\": "\\" };

// https://prometheus.io/docs/instrumenting/exposition_formats/
/** Reads a page in Prometheus' text format; lines that are no sample with a finite value are left out. */
export function parsePrometheusText(page: string): MetricSample[] {
  return page.split("\n").flatMap((line) => {
    const found = sampleLine.exec(line.trim());
    if (found === null) return [];
    const [, name = "", labels = "", text = ""] = found;
    const value = Number(text);
    return Number.isFinite(value) ? [{ name, labels: readLabels(labels), value }] : [];
  });
}

function readLabels(text: string): Record<string, string> {
  const pairs = [...text.matchAll(labelPair)].map(([, name = "", value = ""]) => [
    name,
    value.replace(/\\[n"\\]/g, (pair) => escapes[pair] ?? pair),
  ]);
  return Object.fromEntries(pairs);
}
