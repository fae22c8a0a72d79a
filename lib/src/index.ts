// The table of contents: what notebooks import from "workbook".

export { type BreakEven, type BreakEvenInput, breakEven, breakEvenChart } from "./cost/index.ts";
export {
  type ChatEvent,
  type ChatRequest,
  type ChatResult,
  ChatStreamError,
  type ChatUsage,
  type Endpoint,
  EndpointError,
  foldSystemPrompt,
  printChat,
  streamChat,
} from "./endpoint/index.ts";
export { InputError, SettingsError, WorkbookError } from "./errors.ts";
export { type Diagnosis, explainError } from "./explain-error.ts";
export { openEndpoint } from "./open-endpoint.ts";
export { loadSettings, type Settings, type Target } from "./settings.ts";
export {
  type ChartOptions,
  type ChartSpec,
  chart,
  createProgress,
  show,
  type TableOptions,
  table,
} from "./show/index.ts";
export { startModelServer } from "./start-rehearsal.ts";
