// The table of contents: what notebooks import from "workbook".

export { type BreakEven, type BreakEvenInput, breakEven, breakEvenChart } from "./cost/index.ts";
export { describeSettings } from "./describe-settings.ts";
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
export {
  checkAccount,
  checkModelAccess,
  createPod,
  extendPod,
  fetchModelShape,
  listGpus,
  listPods,
  readPodLog,
  sweepPods,
  terminatePod,
  waitUntilReady,
} from "./pods.ts";
export {
  type AccountCheck,
  CreatePodError,
  describeAccount,
  describePlan,
  type EndedPod,
  type GpuOffer,
  type ListedPod,
  type ModelAccess,
  type ModelShape,
  type Pod,
  type PodLog,
  PodNotReadyError,
  type PodPlan,
  type PodPlanRequest,
  planPod,
  RunPodError,
  type SweptPods,
} from "./runpod/index.ts";
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
export { startModelServer, startRehearsal } from "./start-rehearsal.ts";
