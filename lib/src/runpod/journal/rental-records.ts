import type { PeerToPeer } from "../../facts/index.ts";
import type { ProcessIdentity } from "../../files/index.ts";
import type { ColdStart } from "./journal-entries.ts";

/** What the journal knows of the end of something that was rented. */
interface RentalEnd {
  at: Date;
  /** It had ended before somebody looked. */
  isFoundGone: boolean;
  /** The bill when it was read last; `null`: nothing was billed by then. */
  usd: number | null;
  billReadAt: Date;
}

/** What the journal knows of anything that was rented, whatever it is. */
export interface RentalRecord {
  stem: string;
  model: string | null;
  /** The names of the adapters that it is to serve beside the model. */
  adapters: readonly string[];
  /** `null` where the line that told it cannot be read. */
  deadlineAt: Date | null;
  intendedAt: Date | null;
  /** The creator and everybody who has waited for it to become ready. */
  waiters: ProcessIdentity[];
  isReady: boolean;
  /** How long its start took, and the ISO time at which it was ready; `null`: nobody saw it. */
  coldStart: (ColdStart & { at: string }) | null;
  isAbandoned: boolean;
  isEnded: boolean;
  /** `null` while it is not on record as ended. */
  end: RentalEnd | null;
  /** It may run beyond its deadline until then, since a later one was asked for; `null`: it was not. */
  mayRunUntil: Date | null;
  /** All of it by the hour, at most, as it was ordered; `null` where the journal does not say. */
  maxUsdPerHour: number | null;
  /** A line that cannot be read may have told more of it, such as that it is ready. */
  isDoubtful: boolean;
  watchdog: ProcessIdentity | null;
  /** Without work for so long it ends; `null`: never. */
  idleMinutes: number | null;
  keyFingerprint: string | null;
}

/** What the journal knows of one pod. */
export interface PodRecord extends RentalRecord {
  /** `null`: the call that rents it may not have been answered. */
  podId: string | null;
  gpuTypeId: string | null;
  gpuCount: number | null;
  usdPerHour: number | null;
  hasStartScript: boolean;
  /** Whether all its cards reach each other's memory, as its log said; of a single card it stays unknown. */
  peerToPeer: PeerToPeer;
}

/** What the journal knows of one serverless endpoint. */
export interface EndpointRecord extends RentalRecord {
  /** `null`: the call that makes it may not have been answered. */
  endpointId: string | null;
}

/** What is known of a rental of which only the name is. */
export function emptyRecord(stem: string): RentalRecord {
  return {
    stem,
    model: null,
    adapters: [],
    deadlineAt: null,
    intendedAt: null,
    waiters: [],
    isReady: false,
    coldStart: null,
    isAbandoned: false,
    isEnded: false,
    end: null,
    mayRunUntil: null,
    maxUsdPerHour: null,
    isDoubtful: false,
    watchdog: null,
    idleMinutes: null,
    keyFingerprint: null,
  };
}
