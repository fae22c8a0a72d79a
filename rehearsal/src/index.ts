export { type FaultInput, faultHeader } from "./faults.ts";
export type { ModelQuirks } from "./model-quirks.ts";
export type { ModelServer } from "./model-server.ts";
export { type ModelServerProcess, startModelServerProcess } from "./model-server-process.ts";
export {
  endRehearsal,
  ensureRehearsal,
  findRehearsal,
  type RehearsalOptions,
  type RehearsalProcess,
} from "./rehearsal-process.ts";
export { createAccount } from "./runpod/account.ts";
export { type LedgerEntry, readLedger } from "./runpod/ledger.ts";
export { createRehearsalClock } from "./runpod/rehearsal-clock.ts";
export { createFaultBook, type RunPodFaultInput } from "./runpod/runpod-faults.ts";
export { createAutoscaler } from "./runpod/serverless/autoscaler.ts";
export type { Endpoint } from "./runpod/serverless/endpoint.ts";
export { type ModelServerOptions, startModelServer } from "./start-model-server.ts";
export { type Rehearsal, type StandInOptions, startRehearsal } from "./start-rehearsal.ts";
export type { EngineClock, TimedProfile } from "./timed-engine.ts";
