import { randomBytes, randomUUID } from "node:crypto";
import type { FaultList } from "../../faults/runpod-faults.ts";
import { accessOfToken, refuseHubFile } from "../../hub/hub-access.ts";
import type { Endpoint } from "../serverless/endpoint.ts";
import { planBoot } from "./boot-timeline.ts";
import { deadlineOfName, readContainerCommand } from "./container-command.ts";
import { costOf, diskUsdPerHour } from "./money.ts";
import { type EndedBy, type Pod, writeScriptedLines } from "./pod.ts";
import type { RehearsalClock } from "./rehearsal-clock.ts";
import { fillSecrets, type NetworkVolume, type Secret, type Template } from "./stored-items.ts";

/** The one account of a rehearsal: what it owns, and what happens to it as time passes. */
export interface Account {
  readonly clock: RehearsalClock;
  readonly faults: FaultList;
  /** All pods that there ever were, oldest first. */
  readonly pods: Map<string, Pod>;
  /** All workers of endpoints that there ever were: containers like a pod's. */
  readonly workers: Map<string, Pod>;
  readonly endpoints: Map<string, Endpoint>;
  readonly volumes: Map<string, NetworkVolume>;
  readonly templates: Map<string, Template>;
  readonly secrets: Map<string, Secret>;
  /** Runs all events that are due by now, in order; returns now. To be called before anything is read. */
  settle(): number;
  /** A pod that has not ended. */
  findPod(id: string): Pod | undefined;
  /** USD left now. */
  balanceUsd(): number;
  /** USD per hour that all pods cost now, disks included. */
  usdPerHour(): number;
  addPod(pod: NewPod): Pod;
  addWorker(pod: NewPod): Pod;
  /** Adds a source of events; it returns its next one, or `null`. */
  addEventSource(source: () => DueEvent | null): void;
  /** Starts a pod's container anew, with its settings as they are now. */
  restartPod(pod: Pod): void;
  /** Ends a pod now, or at a moment that has passed. */
  endPod(pod: Pod, by: EndedBy, atMs?: number): void;
  /** Called whenever a pod's container is gone: restarted or ended. */
  onContainerGone(listener: (podId: string) => void): void;
}

type NewPod = Omit<Pod, "id" | "createdAtMs" | "start" | "end" | "segments" | "log">;

/** Something that happens at a time, without a call. */
export interface DueEvent {
  atMs: number;
  run(): void;
}

/** Creates an account with nothing in it but money. */
export function createAccount(options: {
  clock: RehearsalClock;
  faults: FaultList;
  initialUsd: number;
}): Account {
  const { clock, faults, initialUsd } = options;
  const pods = new Map<string, Pod>();
  const workers = new Map<string, Pod>();
  const sources: (() => DueEvent | null)[] = [];
  const templates = new Map<string, Template>();
  const secrets = new Map<string, Secret>();
  const listeners: ((podId: string) => void)[] = [];
  const containers = () => [...pods.values(), ...workers.values()];
  const alive = () => containers().filter(({ end }) => end === null);

  const spentUsd = (nowMs: number) =>
    containers().reduce((sum, { segments }) => sum + costOf(segments, nowMs).totalUsd, 0);
  const openSegments = () => alive().flatMap(({ segments }) => segments.filter(({ toMs }) => toMs === null));
  const usdPerHour = () =>
    openSegments().reduce((sum, segment) => sum + segment.gpuUsdPerHour + segment.diskUsdPerHour, 0);

  const closeContainer = (pod: Pod, atMs: number) => {
    for (const segment of pod.segments) segment.toMs ??= atMs;
    for (const listener of listeners) listener(pod.id);
  };
  const leaveContainer = (pod: Pod, atMs: number) => {
    writeScriptedLines(pod, atMs);
    pod.start = null;
    closeContainer(pod, atMs);
  };
  const end = (pod: Pod, atMs: number, by: EndedBy) => {
    leaveContainer(pod, atMs);
    pod.end = { atMs, by };
  };

  /** The next event of a pod: it dies, or its start script ends it. */
  const nextEvent = (pod: Pod): DueEvent | null => {
    const { start } = pod;
    if (start === null) return null;
    const { death, containerMs } = start.timeline;
    const diesAtMs = start.atMs + (death?.atMs ?? Number.POSITIVE_INFINITY);
    const timerMs = pod.faults.keepsDeadline ? start.command.deadlineMs : null;
    // The timer runs as soon as the container does.
    const deadlineAtMs =
      timerMs === null
        ? Number.POSITIVE_INFINITY
        : Math.max(start.atMs + containerMs, timerMs, deadlineOfName(pod.name) ?? 0);
    if (diesAtMs > deadlineAtMs || diesAtMs === Number.POSITIVE_INFINITY) {
      return { atMs: deadlineAtMs, run: () => end(pod, deadlineAtMs, "itself") };
    }
    return { atMs: diesAtMs, run: () => closeContainer(pod, diesAtMs) };
  };

  const settle = () => {
    const nowMs = clock.nowMs();
    for (;;) {
      const open = alive().filter(({ segments }) => segments.some(({ toMs }) => toMs === null));
      const events = [...open.map(nextEvent), ...sources.map((source) => source())];
      const first = earliest(events.filter((event) => event !== null && event.atMs <= nowMs));
      const untilMs = first?.atMs ?? nowMs;
      const emptyAtMs = findEmptyMs(untilMs);
      if (emptyAtMs !== null) for (const pod of open) end(pod, emptyAtMs, "balance");
      else if (first === null) return nowMs;
      else first.run();
    }
  };

  /** When the money ran out, if it did before the given moment. */
  const findEmptyMs = (untilMs: number): number | null => {
    const overdrawnUsd = spentUsd(untilMs) - initialUsd;
    const rate = usdPerHour();
    if (overdrawnUsd <= 0 || rate === 0) return null;
    const latestStartMs = Math.max(...openSegments().map(({ fromMs }) => fromMs));
    return Math.max(latestStartMs, Math.floor(untilMs - (overdrawnUsd / rate) * 3_600_000));
  };

  const start = (pod: Pod) => {
    const nowMs = clock.nowMs();
    if (pod.start !== null) leaveContainer(pod, nowMs);
    const env = fillSecrets(pod.container.env, secrets);
    const command = readContainerCommand({ ...pod.container, env });
    const { model } = command;
    const { image, disk, mounts } = pod.container;
    const token = env["HF_TOKEN"] ?? env["HUGGING_FACE_HUB_TOKEN"];
    const hubRefusal = refuseHubFile(model, token === undefined ? null : accessOfToken(token));
    const { bootMs, death } = pod.faults;
    const planned = pod.faults.outcome === "ready" ? (hubRefusal ?? "ready") : pod.faults.outcome;
    const outcome = command.refusesToStart ? "no-key" : planned;
    const subject = { image, model, gpuCount: pod.gpu.count };
    const timeline = planBoot({ bootMs, subject, outcome, death });
    pod.start = { atMs: nowMs, timeline, command, scriptedLines: 0 };
    const disks = diskUsdPerHour({ containerGb: disk, volumeGb: mounts.persistent?.size ?? 0 });
    pod.segments.push({ fromMs: nowMs, toMs: null, gpuUsdPerHour: pod.usdPerHour, diskUsdPerHour: disks });
  };

  const add = (to: Map<string, Pod>, fields: NewPod): Pod => {
    const empty = { start: null, end: null, segments: [], log: [] };
    const pod: Pod = { ...fields, ...empty, id: newPodId(), createdAtMs: clock.nowMs() };
    to.set(pod.id, pod);
    start(pod);
    return pod;
  };

  return {
    clock,
    faults,
    pods,
    workers,
    endpoints: new Map(),
    volumes: new Map(),
    templates,
    secrets,
    settle,
    findPod(id) {
      const pod = pods.get(id);
      return pod === undefined || pod.end !== null ? undefined : pod;
    },
    balanceUsd: () => initialUsd - spentUsd(clock.nowMs()),
    usdPerHour,
    addPod: (fields) => add(pods, fields),
    addWorker: (fields) => add(workers, fields),
    addEventSource: (source) => sources.push(source),
    restartPod: start,
    endPod: (pod, by, atMs = clock.nowMs()) => end(pod, atMs, by),
    onContainerGone: (listener) => listeners.push(listener),
  };
}

/** The first of several events to come; `null` where there is none. */
export function earliest(events: readonly (DueEvent | null)[]): DueEvent | null {
  const due = events.filter((event) => event !== null);
  return due.toSorted((a, b) => a.atMs - b.atMs)[0] ?? null;
}

/** An id in the vendor's form: lower-case letters and digits. The first letter keeps it from looking like a version. */
function newPodId(): string {
  return `r${BigInt(`0x${randomBytes(9).toString("hex")}`)
    .toString(36)
    .padStart(14, "0")
    .slice(-13)}`;
}

/** A short id for templates and secrets. */
export function newItemId(): string {
  return randomUUID().replaceAll("-", "").slice(0, 10);
}
