import type { LlamaContextSequence, Token } from "node-llama-cpp";
import { mostCachedTokens, wholeBlocks } from "./cache-blocks.ts";
import { copySequence } from "./copy-sequence.ts";

/** A sequence of the model's context that one request has for itself. */
export interface TakenSequence {
  readonly sequence: LlamaContextSequence;
  /** Leaves in it only that head of the prompt which is computed already, here or in another one; returns its length. */
  prepare(): Promise<number>;
  /** Says that the prompt is read, up to its last block. */
  markRead(): void;
  /** Keeps what it holds for later requests of its space, unless an error has left it in the middle. */
  giveBack(options: { isUsable: boolean }): void;
}

/** The sequences of one context; each keeps what it computed until another request needs its place. */
export interface SequencePool {
  /** Takes one for a prompt; `null`: none is idle. Prompts of different spaces share nothing, nor do those without. */
  take(space: string | undefined, prompt: readonly Token[]): TakenSequence | null;
}

interface Place {
  readonly sequence: LlamaContextSequence;
  isIdle: boolean;
  space: string | undefined;
  /** What the request that has it now wants to be read. */
  prompt: readonly Token[];
  isRead: Promise<void>;
}

/**
 * Creates the pool that gives a prompt the sequence which it continues.
 *
 * A prompt continues a sequence where at least half of what that holds can be used. Otherwise it gets the one that was
 * given back first, and a copy of what another holds of it: so no conversation is lost to one that begins the same.
 */
export function createSequencePool(sequences: readonly LlamaContextSequence[]): SequencePool {
  // Those given back first stand first.
  let places = sequences.map(
    (sequence): Place => ({
      sequence,
      isIdle: true,
      space: undefined,
      prompt: [],
      isRead: Promise.resolve(),
    }),
  );
  return {
    take(space, prompt) {
      const offers = places.map((place) => ({ place, tokens: countHeld(place, space, prompt) }));
      const idle = offers.filter(({ place }) => place.isIdle);
      const continued = idle.filter(({ place, tokens }) => 2 * tokens >= place.sequence.nextTokenIndex);
      const own = longest(continued) ?? idle[0];
      if (own === undefined) return null;
      const source = longest(offers);
      const { place } = own;
      const { promise, resolve } = Promise.withResolvers<void>();
      const whenRead = source?.place.isRead;
      Object.assign(place, { isIdle: false, space, prompt, isRead: promise });
      return {
        sequence: place.sequence,
        async prepare() {
          if (source !== undefined && source.tokens > own.tokens) {
            await whenRead;
            if (countCommon(source.place.sequence.contextTokens, prompt) > own.tokens) {
              await copySequence(source.place.sequence, place.sequence);
              own.tokens = countCommon(place.sequence.contextTokens, prompt);
            }
          }
          await place.sequence.eraseContextTokenRanges([
            { start: own.tokens, end: place.sequence.nextTokenIndex },
          ]);
          return own.tokens;
        },
        markRead: resolve,
        giveBack({ isUsable }) {
          resolve();
          Object.assign(place, { isIdle: true, space: isUsable ? space : undefined });
          places = [...places.filter((other) => other !== place), place];
        },
      };
    },
  };
}

function longest<Offer extends { tokens: number }>(offers: readonly Offer[]): Offer | undefined {
  const most = Math.max(0, ...offers.map(({ tokens }) => tokens));
  return most === 0 ? undefined : offers.find(({ tokens }) => tokens === most);
}

/** How many tokens of a prompt a place holds, or will hold when it has read its own. */
function countHeld(place: Place, space: string | undefined, prompt: readonly Token[]): number {
  if (space === undefined || place.space !== space) return 0;
  return countCommon(place.isIdle ? place.sequence.contextTokens : place.prompt, prompt);
}

function countCommon(held: readonly Token[], prompt: readonly Token[]): number {
  const differsAt = prompt.findIndex((token, index) => token !== held[index]);
  return Math.min(wholeBlocks(differsAt < 0 ? prompt.length : differsAt), mostCachedTokens(prompt.length));
}
