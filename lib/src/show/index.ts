export { type ChartOptions, chart, chartBundle } from "./chart.ts";
export { type ChartSpec, chartColors } from "./chart-defaults.ts";
export {
  drawUprights,
  lineLabel,
  named,
  nameRows,
  quantitative,
  rowBar,
  type Upright,
  wholeNames,
} from "./chart-parts.ts";
export { type FigureKind, type Figures, figureKinds, type OriginPart, readRowKinds } from "./figures.ts";
export { createProgress, type Progress, showWaiting } from "./progress.ts";
export { show } from "./show.ts";
export { showResult } from "./show-result.ts";
export { sourceHtml } from "./source-html.ts";
export { type TableColumn, type TableOptions, table, tableBundle } from "./table.ts";
export type { TableData, TableRow } from "./table-rows.ts";
export { createTextPrinter } from "./text-printer.ts";
