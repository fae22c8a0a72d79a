import { randomBytes } from "node:crypto";
import { InputError } from "../../errors.ts";
import type { RunPodClient } from "../client/client.ts";
import type { JournalState } from "../journal/journal-state.ts";
import type { RentalRecord } from "../journal/rental-records.ts";
import { checkClock, describeWrongClock } from "./clock-check.ts";
import type { RunPodContext } from "./context.ts";
import type {
  CreateRentalError,
  CreateRentalErrorOptions,
  NotReadyError,
  NotReadyErrorOptions,
} from "./rental-errors.ts";

/** What Runpod's API tells of a pod and of a serverless endpoint alike. */
export interface Rented {
  id: string;
  name: string;
  env?: Record<string, string> | null | undefined;
  createdAt: string;
}

/** What the journal knows of a rental of either kind. */
export interface KnownRental extends RentalRecord {
  /** `null`: the call that rents it may not have been answered. */
  id: string | null;
  /** What it costs, or an endpoint with all its workers; `null` where the journal does not say. */
  usdPerHour: number | null;
}

/** A call that rents can take this long to show its effect. */
export const lateEffectMs = 15 * 60_000;

interface CallOptions {
  signal?: AbortSignal | undefined;
}

/** What is special to pods, or to serverless endpoints; the rest of a rental's life is the same for both. */
export interface RentalKind<Found extends Rented> {
  /** How sentences name it, what they say that was done and can be done, and the functions of its life. */
  words: {
    noun: "pod" | "endpoint";
    /** `a pod`, `an endpoint`. */
    one: string;
    rented: "rented" | "made";
    end: "end" | "delete";
    create: "createPod" | "createEndpoint";
    list: "listPods" | "listEndpoints";
  };
  /** Reads the labels of something rented; `null`: no workbook rented it. */
  readLabels(found: Pick<Found, "name" | "env">): RentalLabels | null;
  /** What the journal knows of all of this kind. */
  recordsOf(journal: JournalState): KnownRental[];
  /** All of the account that have not ended, whoever rented them. */
  list(client: RunPodClient, options?: CallOptions): Promise<Found[]>;
  /** Throws a RunPodError with the problem `not-found` where it is gone; `null` also says so. */
  get(client: RunPodClient, id: string, options?: CallOptions): Promise<Found | null>;
  remove(client: RunPodClient, id: string, options?: CallOptions): Promise<void>;
  /** Dollars as billed so far; `null`: nothing has been billed yet. */
  readBill(client: RunPodClient, id: string, options: { since: Date | undefined }): Promise<number | null>;
  /** Whether it is up and has worked, asked without starting anything that costs money; `undefined` where that cannot be found out. */
  isUp(context: RunPodContext, found: Found, signal?: AbortSignal): Promise<boolean | undefined>;
  /** What it costs now in dollars per hour, by the API's own word; `null` where that does not say. */
  usdPerHourOf(found: Found): number | null;
  /** One sentence: what it goes on to cost, and how to end it. */
  describeCost(rental: { id: string; usdPerHour: number | null; isSimulated: boolean }): string;
  /** Tells of each look whether it has had nothing to do since the one before; `null`: idleness costs nothing here. */
  watchIdleness: ((context: RunPodContext) => (found: Found) => Promise<boolean>) | null;
  /** The error for one that did not come about, or was not kept. */
  CreateError: new (
    message: string,
    options: CreateRentalErrorOptions,
  ) => CreateRentalError;
  /** The error for one that did not become ready. */
  NotReadyError: new (
    message: string,
    options: NotReadyErrorOptions,
  ) => NotReadyError;
}

/** The id of a rental that was given whole or by its id. */
export function idOfRental<Found extends Rented>(
  { words }: RentalKind<Found>,
  rental: { id: string } | string,
): string {
  const id = typeof rental === "string" ? rental : rental.id;
  if (typeof id === "string" && /^[\w-]+$/.test(id)) return id;
  throw new InputError(`This is neither ${words.one} nor the id of one.`, {
    remedy: `Give what ${words.create}() returned, or an id of the list that ${words.list}() gives.`,
  });
}

/** Whose a pod or an endpoint is, and until when it may stay; its name and its environment tell it, no journal is needed. */
export interface RentalLabels {
  /** Which workbook rented it. */
  workbookId: string;
  /** The part of the name that never changes: the name without its deadline. */
  stem: string;
  deadlineAt: Date;
}

/** How one kind of rental carries its labels. */
export interface LabelForm {
  /** Finds stem, workbook and deadline in a name, in this order. */
  name: RegExp;
  /** The variable of its environment with the stem; pods and endpoints differ in it. */
  stemVariable: "WORKBOOK_POD" | "WORKBOOK_ENDPOINT";
}

/** Draws the part of a name that stays, unique in the account: `workbook-<id>-<draw>`, with `e-` before an endpoint's draw. */
export function drawStem(workbookId: string, noun: "pod" | "endpoint"): string {
  return `workbook-${workbookId}-${noun === "endpoint" ? "e-" : ""}${randomBytes(3).toString("hex")}`;
}

/** The workbook whose a stem is. */
export function workbookIdOf(stem: string): string {
  return stem.split("-")[1] ?? "";
}

/** Puts the deadline behind a stem, to the second: `workbook-<id>-<draw>-20261124T051200Z`. */
export function nameWithDeadline(stem: string, deadlineAt: Date): string {
  return `${stem}-${deadlineAt.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

/** The variables of an environment that tell the same as the name, should somebody change it. */
export function labelVariables(labels: RentalLabels, { stemVariable }: LabelForm): Record<string, string> {
  const { workbookId, stem, deadlineAt } = labels;
  return { WORKBOOK_ID: workbookId, [stemVariable]: stem, WORKBOOK_DEADLINE: deadlineAt.toISOString() };
}

/** Reads the labels from a name, or else from an environment; `null`: no workbook rented it. */
export function readLabels(
  rented: { name: string; env?: Readonly<Record<string, string>> | null | undefined },
  form: LabelForm,
): RentalLabels | null {
  return readName(form.name.exec(rented.name)) ?? readVariables(rented.env ?? {}, form);
}

function readName(found: RegExpExecArray | null): RentalLabels | null {
  if (found === null) return null;
  const [, stem = "", workbookId = "", deadline = ""] = found;
  const digits = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
  const deadlineAt = new Date(deadline.replace(digits, "$1-$2-$3T$4:$5:$6Z"));
  return Number.isNaN(deadlineAt.getTime()) ? null : { workbookId, stem, deadlineAt };
}

function readVariables(
  environment: Readonly<Record<string, string>>,
  { stemVariable }: LabelForm,
): RentalLabels | null {
  const workbookId = environment["WORKBOOK_ID"];
  const stem = environment[stemVariable];
  const deadlineAt = new Date(environment["WORKBOOK_DEADLINE"] ?? "");
  if (workbookId === undefined || stem === undefined || Number.isNaN(deadlineAt.getTime())) return null;
  return { workbookId, stem, deadlineAt };
}

/** What the journal knows of the rental with an id. */
export function findRecord<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  id: string,
): KnownRental | undefined {
  return kind.recordsOf(context.journal.read()).find((record) => record.id === id);
}

/**
 * Returns the labels of a rental of this workbook.
 *
 * @throws InputError for one that this workbook did not rent; `remedy` says what to do instead.
 */
export function requireOwn<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  { found, remedy }: { found: Found; remedy: string },
): RentalLabels {
  const labels = kind.readLabels(found);
  if (labels?.workbookId === context.workbookId) return labels;
  const { noun, rented } = kind.words;
  throw new InputError(
    `The ${noun} ${found.id} (${found.name}) was not ${rented} by this workbook, so it is left alone.`,
    { remedy },
  );
}

/** One sentence: what a rental goes on to cost, by what is known of it, and how to end it. */
export function describeRentalCost<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  { id, found }: { id: string; found?: Found | undefined },
): string {
  const now = found === undefined ? null : kind.usdPerHourOf(found);
  const usdPerHour = now ?? findRecord(context, kind, id)?.usdPerHour ?? null;
  return kind.describeCost({ id, usdPerHour, isSimulated: context.target === "rehearsal" });
}

/** The error for a rental that still exists: its remedy ends with what it costs, and how to end it. */
export function notReady<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  message: string,
  options: Omit<NotReadyErrorOptions, "id"> & ({ found: Found } | { id: string }),
): NotReadyError {
  const rental = "found" in options ? { id: options.found.id, found: options.found } : options;
  const remedy = `${options.remedy} ${describeRentalCost(context, kind, rental)}`;
  const { problem, logLine = null, cause } = options;
  return new kind.NotReadyError(message, { id: rental.id, problem, remedy, logLine, cause });
}

/** The error for a rental that is gone. */
export function gone<Found extends Rented>(
  context: RunPodContext,
  { words, NotReadyError: Gone }: RentalKind<Found>,
  id: string,
): NotReadyError {
  const { noun, create } = words;
  const why = [
    "Somebody ended it, its deadline came, or Runpod ended it.",
    describeWrongClock(checkClock(context)),
  ];
  return new Gone(`The ${noun} ${id} does not exist any more.`, {
    id,
    problem: `${noun}-gone`,
    remedy: [...why, `Create another with ${create}().`].filter((sentence) => sentence !== "").join(" "),
  });
}
