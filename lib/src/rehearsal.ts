import type {
  ModelServer,
  ModelServerOptions,
  ModelServerProcess,
  Rehearsal,
  RehearsalProcess,
  StandInOptions,
} from "workbook-rehearsal";
import type { Settings } from "./settings.ts";
import { showWaiting } from "./show/index.ts";

/** Loads the stand-ins, a package of its own: a notebook that talks to a real endpoint never loads them. */
function loadRehearsal(): Promise<typeof import("workbook-rehearsal")> {
  return import("workbook-rehearsal");
}

/** Starts a vLLM-shaped server in this process, on a real small model or on a timed engine; see `ModelServerOptions`. */
export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  return (await loadRehearsal()).startModelServer(options);
}

/** Starts a vLLM-shaped server as a process of its own, which ends with this one; see `startModelServer`. */
export async function startModelServerProcess(options: ModelServerOptions = {}): Promise<ModelServerProcess> {
  return (await loadRehearsal()).startModelServerProcess(options);
}

/**
 * Starts the stand-ins of Runpod's API, its proxy and Hugging Face's gate in this process; see `StandInOptions`.
 *
 * For tests: a notebook's rehearsal runs in a process of its own.
 */
export async function startRehearsal(options: StandInOptions = {}): Promise<Rehearsal> {
  return (await loadRehearsal()).startRehearsal(options);
}

/** Returns the rehearsal process of the state folder; starts it where none runs. */
export async function ensureRehearsal(settings: Settings): Promise<RehearsalProcess> {
  const rehearsal = await loadRehearsal();
  const { stateFolder, rehearsalModel } = settings;
  return showWaiting("Starting the rehearsal", () =>
    rehearsal.ensureRehearsal({ stateFolder, model: settings.model ?? undefined, rehearsalModel }),
  );
}
