import { z } from "zod";

const times = z.int().min(1).optional();
const operation = z.string().optional();

/** Why a pod's container ends again and again; each has the log lines that such a pod writes. */
const crashReasonSchema = z.enum([
  "gated-model",
  "access-pending",
  "cuda-out-of-memory",
  "kv-cache-too-small",
  "unknown-argument",
  "driver-too-old",
  "disk-full",
  "adapter-missing",
  "adapter-of-another-base",
  "no-key",
  "unexplained",
]);
export type CrashReason = z.output<typeof crashReasonSchema>;

/** What the Hub's gate says to a token. */
const hubAccessSchema = z.enum([
  "granted",
  "not-accepted",
  "pending",
  "rejected",
  "no-gated-permission",
  "invalid-token",
]);
export type HubAccess = z.output<typeof hubAccessSchema>;

/**
 * What can be made to go wrong at Runpod, at its proxy and at Hugging Face.
 *
 * `times` is how often a fault applies before it is used up; without it, the fault stays until it is removed. `operation`
 * is an operation id of the vendor's contract (`createPod`, `deletePod`, `getPodLogs`, …, and `graphql`); without it,
 * any.
 *
 * The account and its API:
 * - `invalid-key`: 401 for every key. `read-only-key`: 403 for all that is not a GET.
 * - `api-error`: answers `status` and does nothing; with 429 it is a storm, `retryAfterSeconds` goes with it.
 * - `answer-lost`: does what was asked, and loses the answer: by a 500, by silence (`hang`), by a cut connection.
 * - `silence`: takes the request, does nothing and never answers.
 * - `no-capacity`, `forbidden-gpu`: 400 or 403 for one GPU type, or for all. `no-balance`: 402.
 * - `dearer-than-catalog`: pods cost `factor` times what the catalog says.
 * - `delete-ignored`: a termination answers 204 and the pod lives on.
 * - `old-contract`: `entrypoint` and `cmd` are unknown fields. `no-secrets`: the routes of secrets are not there.
 * - `no-graphql`: 410, as after its retirement. `clock-off`: `Date` is so many minutes ahead, or behind where negative.
 * - `empty-list`: a list of pods or endpoints answers without items. `repeated`: a call has its effect twice.
 *
 * A pod; a pod takes these when it is created, and keeps them:
 * - `slow-boot`: takes `bootMs` from create to ready. `never-ready`: RUNNING for ever, and nothing listens.
 * - `crash-loop`: the container ends again and again. `dies`: ends by itself `afterMs` after its start.
 * - `wrong-model`: serves `model`, whatever it was told. `key-not-enforced`: serves anybody.
 * - `no-pod-deadline`: the timer inside the pod does not work.
 * - `silent-log`: the log stream yields nothing. `cut-log`: each log stream breaks off after `afterLines`.
 *
 * `proxy-error`: the proxy answers `status` itself. `hub-access`: what the Hub's gate says to every token.
 * `hub-down`: the Hub answers 503.
 */
const runpodFaultSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("invalid-key"), times }),
  z.strictObject({ kind: z.literal("read-only-key"), times }),
  z.strictObject({
    kind: z.literal("api-error"),
    status: z.int().min(400).max(599),
    detail: z.string().optional(),
    retryAfterSeconds: z.int().min(0).default(1),
    operation,
    times,
  }),
  z.strictObject({
    kind: z.literal("answer-lost"),
    by: z.enum(["500", "hang", "reset"]).default("500"),
    operation: z.string().default("createPod"),
    times,
  }),
  z.strictObject({ kind: z.literal("silence"), operation, times }),
  z.strictObject({ kind: z.literal("no-capacity"), gpuTypeId: z.string().optional(), times }),
  z.strictObject({ kind: z.literal("forbidden-gpu"), gpuTypeId: z.string().optional(), times }),
  z.strictObject({ kind: z.literal("no-balance"), times }),
  z.strictObject({ kind: z.literal("dearer-than-catalog"), factor: z.number().positive().default(2), times }),
  z.strictObject({ kind: z.literal("delete-ignored"), times }),
  z.strictObject({ kind: z.literal("old-contract"), times }),
  z.strictObject({ kind: z.literal("no-secrets"), times }),
  z.strictObject({ kind: z.literal("no-graphql"), times }),
  z.strictObject({ kind: z.literal("clock-off"), minutes: z.number(), operation, times }),
  z.strictObject({ kind: z.literal("empty-list"), times }),
  z.strictObject({ kind: z.literal("repeated"), operation: z.string().default("createPod"), times }),
  z.strictObject({ kind: z.literal("slow-boot"), bootMs: z.number().positive(), times }),
  z.strictObject({ kind: z.literal("never-ready"), times }),
  z.strictObject({
    kind: z.literal("crash-loop"),
    reason: crashReasonSchema.default("cuda-out-of-memory"),
    times,
  }),
  z.strictObject({
    kind: z.literal("dies"),
    afterMs: z.number().min(0),
    status: z.enum(["EXITED", "ERROR"]).default("EXITED"),
    times,
  }),
  z.strictObject({ kind: z.literal("wrong-model"), model: z.string().default("Qwen/Qwen3-0.6B"), times }),
  z.strictObject({ kind: z.literal("key-not-enforced"), times }),
  z.strictObject({ kind: z.literal("no-pod-deadline"), times }),
  z.strictObject({ kind: z.literal("silent-log"), times }),
  z.strictObject({ kind: z.literal("cut-log"), afterLines: z.int().min(0).default(5), times }),
  z.strictObject({ kind: z.literal("proxy-error"), status: z.int().min(400).max(599), times }),
  z.strictObject({ kind: z.literal("hub-access"), access: hubAccessSchema, times }),
  z.strictObject({ kind: z.literal("hub-down"), times }),
]);

type RunPodFault = z.output<typeof runpodFaultSchema>;
export type RunPodFaultInput = z.input<typeof runpodFaultSchema>;
type FaultOf<Kind extends RunPodFault["kind"]> = Extract<RunPodFault, { kind: Kind }>;

/** The faults of one rehearsal, which can change while it runs. */
export interface FaultList {
  /** Those not used up, with the times that they have left. */
  list(): readonly RunPodFault[];
  /** Replaces them all; throws a ZodError where one is not known. */
  set(faults: readonly RunPodFaultInput[]): void;
  add(fault: RunPodFaultInput): void;
  /** The first fault of a kind that matches; one of its times is used up by this. */
  take<Kind extends RunPodFault["kind"]>(
    kind: Kind,
    matches?: (fault: FaultOf<Kind>) => boolean,
  ): FaultOf<Kind> | undefined;
}

/** Creates the list of faults of one rehearsal. */
export function createFaultList(faults: readonly RunPodFaultInput[] = []): FaultList {
  let open: RunPodFault[] = [];
  const set = (inputs: readonly RunPodFaultInput[]) => {
    open = inputs.map((input) => runpodFaultSchema.parse(input));
  };
  set(faults);
  return {
    list: () => structuredClone(open),
    set,
    add(fault) {
      open.push(runpodFaultSchema.parse(fault));
    },
    take<Kind extends RunPodFault["kind"]>(kind: Kind, matches?: (fault: FaultOf<Kind>) => boolean) {
      const found = open.find(
        (fault): fault is FaultOf<Kind> =>
          fault.kind === kind && (matches === undefined || matches(fault as FaultOf<Kind>)),
      );
      if (found?.times !== undefined) {
        found.times--;
        if (found.times === 0) open = open.filter((fault) => fault !== found);
      }
      return found;
    },
  };
}
