import { longestEventCharacters } from "../read-text-within.ts";
import { inWords } from "../words/index.ts";
import { StreamEnd } from "./stream-end.ts";

/** What a streamed answer may take at most; beyond it the connection is closed, and the error says which bound it was. */
export interface ChatBounds {
  /** Characters of text, thoughts and tool arguments together. */
  answerCharacters: number;
  /** Characters of one event. */
  eventCharacters: number;
  /** Milliseconds without an event; comments, which keep connections open, do not count. */
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

/** Aborts its signal, with the reason, when nothing has happened for too long or the whole takes too long. */
export function watchTime({ silenceMs, totalMs }: ChatBounds): {
  signal: AbortSignal;
  restartSilence: () => void;
  stop: () => void;
} {
  const controller = new AbortController();
  const giveUpAfter = (ms: number, what: string) =>
    setTimeout(
      () => controller.abort(new StreamEnd(`${what} ${inWords(ms / 1_000)} s`, "too-slow")),
      Math.min(ms, longestTimerMs),
    );
  const total = giveUpAfter(totalMs, "it was not complete after");
  const silence = giveUpAfter(silenceMs, "no event came for");
  return {
    signal: controller.signal,
    restartSilence: () => void silence.refresh(),
    stop() {
      clearTimeout(total);
      clearTimeout(silence);
    },
  };
}

/** Node's timers take no longer one. */
const longestTimerMs = 2 ** 31 - 1;
