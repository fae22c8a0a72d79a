import type { WireChunk } from "../endpoint/index.ts";
import type { Flight } from "./flight.ts";

/** One turn of a conversation, before it is sent. */
export interface Turn {
  conversation: number;
  /** Counted from 1. */
  turn: number;
  body: string;
  /** The most that it may use, prompt and answer. */
  worstTokens: number;
  repeatedTokens: number | null;
}

/** The conversations of one load. */
export interface Conversations {
  /** The next turn of the conversation of which a request is over, or the first of a new one. */
  next(previous: Flight | null): Turn;
  /** How long a person pauses after a request, in milliseconds; 0 where no turn follows it. */
  pauseMs(previous: Flight): number;
  /** What answers say: they become a part of the history. */
  said(flight: Flight, chunk: WireChunk): void;
  /** What a reader must know of them. */
  notes(): string[];
}

/** What all prompts of a measurement have in common: the chat template's head and the shared prompt. */
export interface CommonHead {
  tokens: number;
  /** Whether the server has read it. */
  isRead: boolean;
}
