import type {
  ModelServer,
  ModelServerOptions,
  ModelServerProcess,
  Rehearsal,
  StandInOptions,
} from "./rehearsal/index.ts";

/**
 * Starts a vLLM-shaped server in this process, on a real small model or on a timed engine; see `ModelServerOptions`.
 *
 * The stand-ins are loaded only now: a notebook that talks to a real endpoint never loads them.
 */
export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const rehearsal = await import("./rehearsal/index.ts");
  return rehearsal.startModelServer(options);
}

/** Starts a vLLM-shaped server as a process of its own, which ends with this one; see `startModelServer`. */
export async function startModelServerProcess(options: ModelServerOptions = {}): Promise<ModelServerProcess> {
  const rehearsal = await import("./rehearsal/index.ts");
  return rehearsal.startModelServerProcess(options);
}

/**
 * Starts the stand-ins of RunPod's API, its proxy and Hugging Face's gate in this process; see `StandInOptions`.
 *
 * For tests: a notebook's rehearsal runs in a process of its own.
 */
export async function startRehearsal(options: StandInOptions = {}): Promise<Rehearsal> {
  const rehearsal = await import("./rehearsal/index.ts");
  return rehearsal.startRehearsal(options);
}
