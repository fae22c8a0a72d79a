import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { loadSettings, type Settings } from "../../settings.ts";
import { journalFile, readJournal } from "../journal/journal.ts";
import type { ColdStart } from "../journal/journal-entries.ts";
import { foldJournal } from "../journal/journal-state.ts";
import type { RentalRecord } from "../journal/rental-records.ts";
import { readWorkbookId } from "../journal/workbook-id.ts";
import { type AccountOptions, openRunPod } from "./open-runpod.ts";

/** A start that a wait has seen, of a pod or of a serverless worker. */
export interface SeenStart extends ColdStart {
  /** Of a rehearsal it is simulated, and tells nothing of any machine. */
  kind: "measured" | "simulated";
  form: "pod" | "serverless";
  model: string;
  /** Runpod's id; `null` of a worker, which comes from a pool. */
  gpu: string | null;
  gpuCount: number | null;
  /** ISO time at which it was ready. */
  at: string;
}

/** Reads all starts from the journals of this workbook, the oldest first. It asks nobody. */
export function loadColdStarts(
  settings: Pick<Settings, "stateFolder" | "projectRoot"> = loadSettings(),
): SeenStart[] {
  const journals = (["runpod", "rehearsal"] as const).flatMap((target) => {
    const folder = join(settings.stateFolder, target);
    // Reports and findings lie beside them.
    const names = existsSync(folder) ? readdirSync(folder) : [];
    const origins = names.filter((name) => existsSync(join(folder, name, journalFile)));
    return origins.map((origin) => ({
      origin,
      target,
      text: readJournal(join(folder, origin, journalFile)),
    }));
  });
  if (journals.length === 0) return [];
  const workbookId = readWorkbookId(settings);
  const starts = journals.flatMap(({ origin, target, text }) => {
    const { pods, endpoints } = foldJournal(text, { workbookId });
    // A stand-in listens on this machine, whatever the target is called.
    const isReal = target === "runpod" && !/^(?:127\.|localhost|-)/.test(origin);
    const kind = isReal ? ("measured" as const) : ("simulated" as const);
    const ofPods = [...pods.values()].flatMap((pod) =>
      toSeenStart(pod, { kind, form: "pod", gpu: pod.gpuTypeId, gpuCount: pod.gpuCount }),
    );
    const ofWorkers = [...endpoints.values()].flatMap((one) =>
      toSeenStart(one, { kind, form: "serverless", gpu: null, gpuCount: null }),
    );
    return [...ofPods, ...ofWorkers];
  });
  return starts.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

function toSeenStart(
  { model, coldStart }: RentalRecord,
  of: Pick<SeenStart, "kind" | "form" | "gpu" | "gpuCount">,
): SeenStart[] {
  return model === null || coldStart === null ? [] : [{ ...of, model, ...coldStart }];
}

/** A part of a start, for a table. */
export interface StartPhase {
  phase: string;
  /** `null`: nobody saw it. */
  seconds: number | null;
  seenIn: string;
}

/** Lists how long the parts of a start took, of a pod or of a worker; `null` where no wait has seen it. */
export async function listStartPhases(
  rented: { stem: string },
  options: AccountOptions = {},
): Promise<StartPhase[] | null> {
  const context = await openRunPod(options);
  const { pods, endpoints } = context.journal.read();
  const start = (pods.get(rented.stem) ?? endpoints.get(rented.stem))?.coldStart ?? null;
  if (start === null) return null;
  const { pullSeconds, downloadSeconds, loadSeconds, compileSeconds, totalSeconds } = start;
  const parts = [pullSeconds, downloadSeconds, loadSeconds, compileSeconds];
  const known = parts.reduce<number>((sum, part) => sum + (part ?? 0), 0);
  const rest = totalSeconds === null ? null : Math.max(0, totalSeconds - known);
  return [
    { phase: "a machine and the image", seconds: pullSeconds, seenIn: "the pod's uptime" },
    { phase: "download of the weights", seconds: downloadSeconds, seenIn: "vLLM's log" },
    { phase: "weights from the disk to the card", seconds: loadSeconds, seenIn: "vLLM's log" },
    { phase: "measure, compile, warm up", seconds: compileSeconds, seenIn: "vLLM's log" },
    { phase: "all the rest", seconds: rest, seenIn: "the difference" },
    { phase: "from the order to the first answer", seconds: totalSeconds, seenIn: "the clock" },
  ];
}
