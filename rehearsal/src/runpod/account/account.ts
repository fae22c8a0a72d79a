import { randomBytes, randomUUID } from "node:crypto";
import type { FaultBook } from "../../faults/runpod-faults.ts";
import { accessOfToken, refuseHubFile } from "../../hub/hub-access.ts";
import type { Endpoint } from "../serverless/endpoint.ts";
import { planBoot } from "./boot-timeline.ts";
import { deadlineOfName, readContainerCommand } from "./container-command.ts";
import { type BillingSegment, costOf, diskUsdPerHour } from "./money.ts";
import { type EndedBy, type Pod, podState, writeScriptedLines } from "./pod.ts";
import type { RehearsalClock } from "./rehearsal-clock.ts";
import type { NetworkVolume, Secret, Template } from "./stored-items.ts";

/** The one account of a rehearsal: what it owns, and what becomes of it as time passes. */
export interface Account {
  readonly clock: RehearsalClock;
  readonly faults: FaultBook;
  /** All pods that there ever were, oldest first. */
  readonly pods: Map<string, Pod>;
  /** All workers of endpoints that there ever were: containers like a pod's, which only their endpoint knows. */
  readonly workers: Map<string, Pod>;
  readonly endpoints: Map<string, Endpoint>;
  readonly volumes: Map<string, NetworkVolume>;
  readonly templates: Map<string, Template>;
  readonly secrets: Map<string, Secret>;
  /** Lets everything happen that is due by now, in order; returns now. To be called before anything is read. */
  settle(): number;
  /** A pod that has not ended. */
  findPod(id: string): Pod | undefined;
  /** USD left now. */
  balanceUsd(): number;
  /** USD per hour that all pods cost now, disks included. */
  usdPerHour(): number;
  addPod(pod: NewPod): Pod;
  addWorker(pod: NewPod): Pod;
  /** Adds a source of things that happen by themselves: the next one, or `null`. */
  expect(source: () => DueEvent | null): void;
  startPod(pod: Pod): void;
  stopPod(pod: Pod): void;
  /** Now, unless it was to happen earlier. */
  endPod(pod: Pod, by: EndedBy, atMs?: number): void;
  /** Called whenever a pod's container is gone: stopped, restarted or ended. */
  onContainerGone(listener: (podId: string) => void): void;
}

type NewPod = Omit<Pod, "id" | "createdAtMs" | "start" | "end" | "segments" | "log">;

/** Something that happens without anybody's doing. */
export interface DueEvent {
  atMs: number;
  happen(): void;
}

/** Creates an account with nothing in it but money. */
export function createAccount(options: {
  clock: RehearsalClock;
  faults: FaultBook;
  initialUsd: number;
}): Account {
  const { clock, faults, initialUsd } = options;
  const pods = new Map<string, Pod>();
  const workers = new Map<string, Pod>();
  const sources: (() => DueEvent | null)[] = [];
  const templates = new Map<string, Template>();
  const secrets = new Map<string, Secret>();
  const listeners: ((podId: string) => void)[] = [];
  const everything = () => [...pods.values(), ...workers.values()];
  const alive = () => everything().filter(({ end }) => end === null);

  const spentUsd = (nowMs: number) =>
    everything().reduce((sum, { segments }) => sum + costOf(segments, nowMs).totalUsd, 0);
  const openSegments = () => alive().flatMap(({ segments }) => segments.filter(({ toMs }) => toMs === null));
  const usdPerHour = () =>
    openSegments().reduce((sum, segment) => sum + segment.gpuUsdPerHour + segment.diskUsdPerHour, 0);

  const closeSegments = (pod: Pod, atMs: number) => {
    for (const segment of pod.segments) segment.toMs ??= atMs;
  };
  const openSegment = (pod: Pod, segment: Pick<BillingSegment, "fromMs" | "gpuUsdPerHour">) => {
    const volumeGb = pod.container.mounts.persistent?.size ?? 0;
    const isRunning = segment.gpuUsdPerHour > 0;
    const disk = diskUsdPerHour({ containerGb: pod.container.disk, volumeGb, isRunning });
    pod.segments.push({ ...segment, toMs: null, diskUsdPerHour: disk });
  };
  const leaveContainer = (pod: Pod, atMs: number) => {
    writeScriptedLines(pod, atMs);
    pod.start = null;
    closeSegments(pod, atMs);
    for (const listener of listeners) listener(pod.id);
  };
  const stop = (pod: Pod, atMs: number) => {
    leaveContainer(pod, atMs);
    openSegment(pod, { fromMs: atMs, gpuUsdPerHour: 0 });
  };
  const end = (pod: Pod, atMs: number, by: EndedBy) => {
    leaveContainer(pod, atMs);
    pod.end = { atMs, by };
  };

  /** The next thing that happens to a pod without anybody's doing. */
  const nextOwnEvent = (pod: Pod): DueEvent | null => {
    const { start } = pod;
    if (start === null) return null;
    const deathMs = start.timeline.death === null ? Number.POSITIVE_INFINITY : start.timeline.death.atMs;
    const diesAtMs = start.atMs + deathMs;
    // The timer is the start script's: it runs as soon as the container does.
    const containerAtMs = start.atMs + start.timeline.containerMs;
    const wakesMs = pod.faults.keepsDeadline ? start.command.deadlineMs : null;
    const deadlineAtMs =
      wakesMs === null
        ? Number.POSITIVE_INFINITY
        : Math.max(containerAtMs, wakesMs, deadlineOfName(pod.name) ?? 0);
    if (diesAtMs <= deadlineAtMs && diesAtMs < Number.POSITIVE_INFINITY) {
      return {
        atMs: diesAtMs,
        happen: () => {
          closeSegments(pod, diesAtMs);
          for (const listener of listeners) listener(pod.id);
        },
      };
    }
    return { atMs: deadlineAtMs, happen: () => end(pod, deadlineAtMs, "itself") };
  };

  const settle = () => {
    const nowMs = clock.nowMs();
    for (;;) {
      const open = alive().filter(({ segments }) => segments.some(({ toMs }) => toMs === null));
      const expected = [...open.map(nextOwnEvent), ...sources.map((source) => source())];
      const events = expected.filter((event) => event !== null).filter(({ atMs }) => atMs <= nowMs);
      const first = events.toSorted((one, other) => one.atMs - other.atMs)[0];
      const untilMs = first?.atMs ?? nowMs;
      const emptyAtMs = findEmptyMs(untilMs);
      if (emptyAtMs !== null) for (const pod of open) end(pod, emptyAtMs, "balance");
      else if (first === undefined) return nowMs;
      else first.happen();
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

  const resolveEnv = (env: Readonly<Record<string, string>>) => {
    const byName = new Map([...secrets.values()].map(({ name, value }) => [name, value]));
    const resolve = (text: string) =>
      text.replace(
        /\{\{\s*RUNPOD_SECRET_([^\s}]+)\s*\}\}/g,
        (whole, name: string) => byName.get(name) ?? whole,
      );
    return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, resolve(value)]));
  };

  const start = (pod: Pod) => {
    const nowMs = clock.nowMs();
    if (pod.start !== null) leaveContainer(pod, nowMs);
    closeSegments(pod, nowMs);
    const env = resolveEnv(pod.container.env);
    const command = readContainerCommand({ ...pod.container, env });
    const { model } = command;
    const token = env["HF_TOKEN"] ?? env["HUGGING_FACE_HUB_TOKEN"];
    const { bootMs, death } = pod.faults;
    const hubRefusal = refuseHubFile(model, token === undefined ? null : accessOfToken(token));
    const outcome = pod.faults.outcome === "ready" ? (hubRefusal ?? "ready") : pod.faults.outcome;
    const subject = { image: pod.container.image, model, gpuCount: pod.gpu.count };
    pod.start = {
      atMs: nowMs,
      timeline: planBoot({ bootMs, subject, outcome, death }),
      command,
      scriptedLines: 0,
    };
    openSegment(pod, { fromMs: nowMs, gpuUsdPerHour: pod.usdPerHour });
  };

  const add = (to: Map<string, Pod>, fields: NewPod): Pod => {
    const createdAtMs = clock.nowMs();
    const pod: Pod = {
      ...fields,
      id: newPodId(),
      createdAtMs,
      start: null,
      end: null,
      segments: [],
      log: [],
    };
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
    expect: (source) => sources.push(source),
    startPod: start,
    stopPod: (pod) => stop(pod, clock.nowMs()),
    endPod: (pod, by, atMs = clock.nowMs()) => end(pod, atMs, by),
    onContainerGone: (listener) => listeners.push(listener),
  };
}

/** Whether a pod's end has come, or it has come to a standstill by itself. */
export function isBilled(pod: Pod, nowMs: number): boolean {
  const { status } = podState(pod, nowMs);
  return status === "PROVISIONING" || status === "STARTING" || status === "RUNNING";
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
