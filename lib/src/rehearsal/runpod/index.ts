export { type Account, createAccount } from "./account.ts";
export { createApiApp } from "./api-app.ts";
export { createHubApp } from "./hub-app.ts";
export { type EndpointLedgerEntry, type Ledger, type LedgerEntry, readLedger } from "./ledger.ts";
export { listenerOf, listenOnLoopback } from "./loopback-server.ts";
export { createPodServers, type PodEngineOptions } from "./pod-servers.ts";
export { createProxy, proxyPath } from "./proxy-server.ts";
export type { RecordedCall } from "./recorded-calls.ts";
export { createRehearsalClock } from "./rehearsal-clock.ts";
export {
  createFaultBook,
  type RunPodFault,
  type RunPodFaultInput,
} from "./runpod-faults.ts";
export { createAutoscaler, createGateway } from "./serverless/index.ts";
export { writeServingLog } from "./serving-log.ts";
