import type { LogSource } from "./boot-log.ts";
import {
  type BootOutcome,
  type BootTimeline,
  linesUntil,
  type PodStatus,
  readBoot,
} from "./boot-timeline.ts";
import type { ContainerCommand } from "./container-command.ts";
import type { BillingSegment } from "./money.ts";

/** What a pod, or a template, says about its container; the names are the vendor's. */
export interface ContainerFields {
  image: string;
  args: string;
  entrypoint: string[] | null;
  cmd: string[] | null;
  disk: number;
  ports: string[];
  env: Record<string, string>;
  registry: string | null;
  mounts: Mounts;
}

/** A container for which a call sets nothing. */
export const defaultContainer: ContainerFields = {
  image: "",
  args: "",
  entrypoint: null,
  cmd: null,
  disk: 20,
  ports: [],
  env: {},
  registry: null,
  mounts: {},
};

/** Returns fields with some of them replaced; what the changes leave out, or name beside these fields, does not count. */
export function changeFields<Fields extends object>(
  fields: Fields,
  changes: { [Name in keyof Fields]?: Fields[Name] | undefined },
): Fields {
  const named = Object.entries(changes).filter(([name, value]) => value !== undefined && name in fields);
  return { ...fields, ...Object.fromEntries(named) };
}

export interface Mounts {
  persistent?: { size: number; path: string } | undefined;
  network?: { volumeId: string; path: string }[] | undefined;
}

/** What shall go wrong with a pod; decided when it is created. */
export interface PodFaults {
  outcome: BootOutcome;
  bootMs: number;
  death: BootTimeline["death"];
  wrongModel: string | null;
  enforcesKey: boolean;
  keepsDeadline: boolean;
  logEnds: "never" | "silent" | { afterLines: number };
}

export interface LogLine {
  atMs: number;
  source: LogSource;
  line: string;
}

/** What brought a pod to its end: a call, the timer inside it, its host, the empty account; a worker also idleness. */
export type EndedBy = "call" | "itself" | "host" | "balance" | "idleness";

/** A pod as the stand-in keeps it. */
export interface Pod {
  id: string;
  name: string;
  container: ContainerFields;
  gpu: { id: string; count: number };
  cloud: "SECURE" | "COMMUNITY";
  dataCenterId: string;
  cudaVersion: string;
  locked: boolean;
  /** While it runs, without disks. */
  usdPerHour: number;
  createdAtMs: number;
  /** Which key created it: a fingerprint, never the key. */
  createdBy: string;
  /** `null` once it has ended. */
  start: {
    atMs: number;
    timeline: BootTimeline;
    /** With the secrets as they were at that moment. */
    command: ContainerCommand;
    /** How many lines of its timeline have been written. */
    scriptedLines: number;
  } | null;
  end: { atMs: number; by: EndedBy } | null;
  segments: BillingSegment[];
  faults: PodFaults;
  log: LogLine[];
}

/** The state of a pod at a moment that is not before its last start. */
export function podState(
  pod: Pod,
  nowMs: number,
): { status: PodStatus; uptimeMs: number | null; isReady: boolean } {
  if (pod.end !== null || pod.start === null) {
    return { status: "TERMINATED", uptimeMs: null, isReady: false };
  }
  return readBoot(pod.start.timeline, nowMs - pod.start.atMs);
}

/** Whether a pod costs money for its GPUs now: it has neither ended nor died by itself. */
export function isBilled(pod: Pod, nowMs: number): boolean {
  return ["PROVISIONING", "STARTING", "RUNNING"].includes(podState(pod, nowMs).status);
}

const actionsByStatus: Readonly<Record<PodStatus, readonly string[]>> = {
  PROVISIONING: ["stop", "terminate"],
  STARTING: ["stop", "terminate"],
  RUNNING: ["stop", "restart", "terminate"],
  EXITED: ["start", "terminate"],
  ERROR: ["start", "terminate"],
  TERMINATED: [],
};

/** A container as the API shows it, without its mounts; an old contract has neither `entrypoint` nor `cmd`. */
export function describeContainer(container: ContainerFields, options: { hasCommands: boolean }): object {
  const { image, args, entrypoint, cmd, disk, ports, env, registry } = container;
  const commands = options.hasCommands ? { entrypoint: entrypoint ?? [], cmd: cmd ?? [] } : {};
  return { image, args, ...commands, disk, ports, env, registry };
}

/** A pod as the API shows it. */
export function describePod(pod: Pod, options: { nowMs: number; hasCommands: boolean }): object {
  const { nowMs } = options;
  const { status, uptimeMs } = podState(pod, nowMs);
  return {
    ...describeContainer(pod.container, options),
    id: pod.id,
    name: pod.name,
    status,
    actions: actionsByStatus[status],
    mounts: pod.container.mounts,
    gpu: pod.gpu,
    cloud: pod.cloud,
    dataCenterId: pod.dataCenterId,
    cudaVersion: pod.cudaVersion,
    ssh: { proxy: null, direct: null },
    template: null,
    cost: isBilled(pod, nowMs) ? pod.usdPerHour : 0,
    locked: pod.locked,
    globalNetworking: { enabled: false },
    runtime: describeRuntime({ status, uptimeMs, gpuCount: pod.gpu.count }),
    createdAt: new Date(pod.createdAtMs).toISOString(),
    startedAt: pod.start === null || uptimeMs === null ? null : new Date(nowMs - uptimeMs).toISOString(),
  };
}

function describeRuntime(options: { status: PodStatus; uptimeMs: number | null; gpuCount: number }) {
  const { status, uptimeMs, gpuCount } = options;
  // The real API answers an empty object while it provisions, although the contract speaks of null.
  if (status === "PROVISIONING" || status === "STARTING") return {};
  if (status !== "RUNNING") return null;
  if (uptimeMs === null) return {};
  const gpus = Array.from({ length: gpuCount }, () => ({ util: 0, memoryUtil: 90 }));
  return { uptime: Math.floor(uptimeMs / 1_000), gpus, cpu: { util: 4 }, memory: { util: 12 }, ports: [] };
}

/** Brings a pod's log up to date: what its start has written by now. */
export function writeScriptedLines(pod: Pod, nowMs: number): void {
  if (pod.start === null) return;
  const { atMs, timeline, scriptedLines } = pod.start;
  const due = linesUntil(timeline, nowMs - atMs, scriptedLines);
  pod.start.scriptedLines += due.length;
  for (const { atMs: offsetMs, source, text } of due) {
    appendLine(pod, { atMs: atMs + offsetMs, source, line: text });
  }
}

/** Appends one line; `{time}` in it becomes the time of day in vLLM's form. */
export function appendLine(pod: Pod, line: LogLine): void {
  const [date = "", time = ""] = new Date(line.atMs).toISOString().split("T");
  pod.log.push({ ...line, line: line.line.replace("{time}", `${date.slice(5)} ${time.slice(0, 8)}`) });
}
