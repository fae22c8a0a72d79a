import { longestEventCharacters } from "../network/index.ts";
import { inWords } from "../words/index.ts";
import { StreamEnd } from "./stream-end.ts";

/** What a streamed answer may take at most; beyond it the connection is closed, and the error says which bound it was. */
export interface ChatBounds {
  /** Characters of text, thoughts and tool arguments together. */
  answerCharacters: number;
  /** Characters of one event. */
  eventCharacters: number;
  /** Milliseconds of waiting for an event; comments, which keep connections open, do not count as one. */
  silenceMs: number;
  /** Milliseconds in all. */
  totalMs: number;
  /** Milliseconds for which a stream may go on after its finish reason. */
  lingerMs: number;
}

export const chatBounds: ChatBounds = {
  // A million tokens: more than any model answers at once.
  answerCharacters: 4 * 1024 * 1024,
  eventCharacters: longestEventCharacters,
  // A queued request may wait for minutes.
  silenceMs: 10 * 60_000,
  totalMs: 6 * 60 * 60_000,
  lingerMs: 5_000,
};

/**
 * Aborts its signal, with the reason, when nothing has happened for too long or the whole takes too long.
 *
 * `pauseSilence` stops the first of these clocks until it is started anew: who reads slowly does not wait for the server.
 */
export function watchTime({ silenceMs, totalMs }: ChatBounds): {
  signal: AbortSignal;
  restartSilence: () => void;
  pauseSilence: () => void;
  stop: () => void;
} {
  const controller = new AbortController();
  const giveUpAfter = (ms: number, what: string) =>
    setTimeout(
      () => controller.abort(new StreamEnd(`${what} ${inWords(ms / 1_000)} s`, "too-slow")),
      Math.min(ms, longestTimerMs),
    );
  const total = giveUpAfter(totalMs, "it was not complete after");
  let silence: NodeJS.Timeout | undefined;
  const pauseSilence = () => clearTimeout(silence);
  const restartSilence = () => {
    pauseSilence();
    silence = giveUpAfter(silenceMs, "no event came for");
  };
  restartSilence();
  return {
    signal: controller.signal,
    restartSilence,
    pauseSilence,
    stop() {
      clearTimeout(total);
      pauseSilence();
    },
  };
}

/** Node's timers take no longer one. */
const longestTimerMs = 2 ** 31 - 1;
