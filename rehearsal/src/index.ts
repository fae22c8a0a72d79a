export { type ModelServer, type ModelServerOptions, startModelServer } from "./model-server/model-server.ts";
export { type ModelServerProcess, startModelServerProcess } from "./model-server/model-server-process.ts";
export type { RehearsalProcess } from "./rehearsal-file.ts";
export { endRehearsal, ensureRehearsal, findRehearsal, leaveRehearsal } from "./rehearsal-process.ts";
export { type Rehearsal, type StandInOptions, startRehearsal } from "./start-rehearsal.ts";
