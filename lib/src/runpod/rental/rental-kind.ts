import { InputError } from "../../errors.ts";
import type { RunPodClient } from "../client/client.ts";
import type { JournalState, RentalRecord } from "../journal/journal-state.ts";
import type { RunPodContext } from "./context.ts";
import type {
  CreateRentalError,
  CreateRentalErrorOptions,
  NotReadyError,
  NotReadyErrorOptions,
} from "./rental-errors.ts";
import type { RentalLabels } from "./rental-labels.ts";

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
  /** Whether it is up, asked without starting anything that costs money; `undefined` where that cannot be found out. */
  isUp(context: RunPodContext, found: Found, signal?: AbortSignal): Promise<boolean | undefined>;
  /** What it costs now in dollars per hour, by the API's own word; `null` where that does not say. */
  usdPerHourOf(found: Found): number | null;
  /** One sentence: what it goes on to cost, and how to end it. */
  describeCost(rental: { id: string; usdPerHour: number | null }): string;
  /** Tells of each look whether it has had nothing to do for too long; `null`: idleness costs nothing here. */
  watchIdleness: ((context: RunPodContext, idleMinutes: number) => (found: Found) => Promise<boolean>) | null;
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
