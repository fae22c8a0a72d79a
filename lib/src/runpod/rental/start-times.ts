import type { SeenStart } from "./cold-starts.ts";

/** Assumed where no start has been measured. */
const [assumedPodMinutes, assumedWorkerSeconds] = [10, 120];

/** How long a machine's start takes: measured where a start of this model on this machine is on record, else assumed. */
export interface StartTimes {
  /** From the order to the first answer. */
  podMinutes: number;
  /** From the request that starts a worker to its answer. */
  workerSeconds: number;
  /** The starts on which these rest; `null`: assumed. */
  pod: SeenStart | null;
  worker: SeenStart | null;
  /** What of it is measured, and on which day; in whole sentences. */
  sentence: string;
}

/** Finds the newest measured start of a model, of a pod on this machine and of a worker; a simulated one never counts. */
export function findStartTimes(
  starts: readonly SeenStart[],
  machine: { model: string; gpu: string | null; gpuCount: number | null },
): StartTimes {
  const { model, gpu, gpuCount } = machine;
  const ofModel = starts.filter((start) => start.model === model && start.totalSeconds !== null);
  const measured = ofModel.filter(({ kind }) => kind === "measured");
  const pod =
    measured.findLast((one) => one.form === "pod" && one.gpu === gpu && one.gpuCount === gpuCount) ?? null;
  const worker = measured.findLast(({ form }) => form === "serverless") ?? null;
  const podMinutes = pod?.totalSeconds == null ? assumedPodMinutes : pod.totalSeconds / 60;
  const workerSeconds = worker?.totalSeconds ?? assumedWorkerSeconds;
  const say = (start: SeenStart | null, form: SeenStart["form"]) => {
    if (start !== null) return `measured ${start.at.slice(0, 10)}`;
    return ofModel.some((one) => one.form === form && one.kind === "simulated")
      ? "assumed: only rehearsals have started it so far, and their times are simulated"
      : "assumed: the journal has no start of this model on such a machine";
  };
  const minutes = Number(podMinutes.toPrecision(2));
  return {
    ...{ podMinutes, workerSeconds, pod, worker },
    sentence:
      `A pod takes ${minutes} ${minutes === 1 ? "minute" : "minutes"} to start (${say(pod, "pod")}). ` +
      `A worker takes ${Math.round(workerSeconds)} s (${say(worker, "serverless")}).`,
  };
}
