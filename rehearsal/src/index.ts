export { type FaultInput, faultHeader } from "./faults/chat-faults.ts";
export { createFaultList, type RunPodFaultInput } from "./faults/runpod-faults.ts";
export type { ModelQuirks } from "./model-server/model-quirks.ts";
export type { ModelServer } from "./model-server/model-server.ts";
export { type ModelServerOptions, startModelServer } from "./model-server/model-server.ts";
export { type ModelServerProcess, startModelServerProcess } from "./model-server/model-server-process.ts";
export type { EngineClock, TimedProfile } from "./model-server/timed-engine.ts";
export {
  endRehearsal,
  ensureRehearsal,
  findRehearsal,
  type RehearsalOptions,
  type RehearsalProcess,
} from "./rehearsal-process.ts";
export { createAccount } from "./runpod/account/account.ts";
export { type LedgerEntry, readLedger } from "./runpod/account/ledger.ts";
export { createRehearsalClock } from "./runpod/account/rehearsal-clock.ts";
export { createAutoscaler } from "./runpod/serverless/autoscaler.ts";
export type { Endpoint } from "./runpod/serverless/endpoint.ts";
export { type Rehearsal, type StandInOptions, startRehearsal } from "./start-rehearsal.ts";
