import type { PodFaults } from "../runpod/account/pod.ts";
import type { FaultList } from "./runpod-faults.ts";

/** Takes the faults that belong to a pod which is being created. */
export function takePodFaults(faults: FaultList, defaultBootMs: number): PodFaults {
  const crash = faults.take("crash-loop");
  const neverReady = faults.take("never-ready");
  const dies = faults.take("dies");
  const isSilent = faults.take("silent-log") !== undefined;
  const cut = faults.take("cut-log");
  return {
    outcome: crash?.reason ?? (neverReady === undefined ? "ready" : "never-ready"),
    bootMs: faults.take("slow-boot")?.bootMs ?? defaultBootMs,
    death: dies === undefined ? null : { atMs: dies.afterMs, status: dies.status },
    wrongModel: faults.take("wrong-model")?.model ?? null,
    enforcesKey: faults.take("key-not-enforced") === undefined,
    keepsDeadline: faults.take("no-pod-deadline") === undefined,
    logEnds: isSilent ? "silent" : cut === undefined ? "never" : { afterLines: cut.afterLines },
  };
}
