import { seedOf } from "workbook/seeded-random";
import { createPrefixIndex } from "./cache/prefix-index.ts";
import type { Engine, Generation, TokenSink } from "./engine.ts";
import { type TimedAnswer, timedAnswer, timedInstance, tokenizeTimed } from "./timed-text.ts";

/** How fast a simulated engine is, and how much slower it gets under load. */
export interface TimedProfile {
  /** From scheduling to the first token, for an empty prompt and an idle engine. */
  timeToFirstTokenMs: number;
  /** Prompts are read one after another at this rate, so a burst of prompts delays its own first tokens. */
  prefillTokensPerSecond: number;
  /** One decode step with one sequence running. */
  timePerOutputTokenMs: number;
  /** Share by which each further running sequence lengthens the step. */
  stepGrowthPerSequence: number;
  /** Sequences that run at once; more of them wait in the queue. */
  maxSequences: number;
  maxModelTokens: number;
  /** How much the prefix cache holds; default: what all sequences can hold together. */
  cacheTokens?: number | undefined;
}

/** Where the engine takes its time from; tests move this clock themselves. */
export interface EngineClock {
  nowMs(): number;
  /** Calls back after the delay; the returned function calls it off. */
  schedule(callback: () => void, delayMs: number): () => void;
}

const defaultProfile: TimedProfile = {
  timeToFirstTokenMs: 50,
  prefillTokensPerSecond: 20_000,
  timePerOutputTokenMs: 30,
  stepGrowthPerSequence: 0.005,
  maxSequences: 256,
  maxModelTokens: 8_192,
};

const systemClock: EngineClock = {
  nowMs: () => performance.now(),
  schedule(callback, delayMs) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

// A decode step is served in slices: each sequence belongs to one slice and gets one token a step. Serving thousands
// of streams in one burst would keep the event loop from everything else for most of the step.
const slicesPerStep = 10;

interface Sequence {
  generation: Generation;
  sink: TokenSink;
  answer: TimedAnswer;
  text: string;
  emittedTokens: number;
  firstTokenAtMs: number;
  state: "queued" | "running" | "over";
}

/**
 * Creates an engine without a model: tokens come in steps on one shared timer, as the profile says.
 *
 * The same seed gives the same words. Its times depend on load only: prompts queue for prefill, steps grow with the
 * number of running sequences, and beyond `maxSequences` requests wait.
 */
export function createTimedEngine(
  options: { profile?: Partial<TimedProfile> | undefined; clock?: EngineClock } = {},
): Engine {
  const profile = { ...defaultProfile, ...options.profile };
  const clock = options.clock ?? systemClock;
  const { maxSequences, maxModelTokens, cacheTokens = maxSequences * maxModelTokens } = profile;
  const cache = createPrefixIndex(cacheTokens);
  const queued: Sequence[] = [];
  const reading: Sequence[] = [];
  const slices = Array.from({ length: slicesPerStep }, () => new Set<Sequence>());
  let running = 0;
  let sliceIndex = 0;
  let nextSliceAtMs = 0;
  let prefillFreeAtMs = 0;
  let cancelTimer: (() => void) | null = null;

  const stepMs = () =>
    profile.timePerOutputTokenMs * (1 + profile.stepGrowthPerSequence * Math.max(0, running - 1));

  const admit = (nowMs: number) => {
    while (running < profile.maxSequences) {
      const sequence = queued.shift();
      if (sequence === undefined) return;
      if (sequence.state === "over") continue;
      sequence.state = "running";
      running++;
      const { promptTokens, cacheSpace } = sequence.generation;
      const cachedTokens = cacheSpace === undefined ? 0 : cache.find(cacheSpace, promptTokens);
      if (cacheSpace !== undefined) cache.add(cacheSpace, promptTokens);
      const prefillMs = ((promptTokens.length - cachedTokens) / profile.prefillTokensPerSecond) * 1_000;
      prefillFreeAtMs = Math.max(prefillFreeAtMs, nowMs) + prefillMs;
      sequence.firstTokenAtMs = prefillFreeAtMs + profile.timeToFirstTokenMs;
      reading.push(sequence);
      sequence.sink.scheduled(cachedTokens);
    }
  };

  /** Ends a sequence: at its last token, or at an abort, which the token itself may cause. */
  const leave = (sequence: Sequence) => {
    if (sequence.state === "running") running--;
    sequence.state = "over";
    const { cacheSpace, promptTokens } = sequence.generation;
    if (cacheSpace === undefined || sequence.text === "") return;
    // The next turn of a conversation comes with this answer as text.
    cache.add(cacheSpace, [...promptTokens, ...tokenizeTimed(sequence.text)]);
  };

  /** Emits one token; returns whether the sequence goes on. */
  const advance = (sequence: Sequence): boolean => {
    const { generation, answer, sink } = sequence;
    sequence.emittedTokens++;
    const mayEnd = !generation.ignoreEos || generation.shape !== undefined;
    const isNaturalEnd = mayEnd && sequence.emittedTokens > answer.naturalTokens;
    const isFull = sequence.emittedTokens >= generation.maxTokens;
    const finishReason = isNaturalEnd ? "stop" : isFull ? "length" : null;
    const text = isNaturalEnd ? "" : answer.next();
    if (generation.cacheSpace !== undefined) sequence.text += text;
    if (finishReason !== null) leave(sequence);
    sink.token(text, finishReason);
    return isRunning(sequence);
  };

  const runSlice = (atMs: number) => {
    admit(atMs);
    const slice = slices[sliceIndex % slicesPerStep] ?? new Set();
    for (const sequence of slice) {
      if (!isRunning(sequence) || !advance(sequence)) slice.delete(sequence);
    }
    // A sequence joins the slice in which its first token fell, so that its second comes one whole step later.
    for (let index = 0; index < reading.length; ) {
      const sequence = reading[index];
      if (sequence === undefined || sequence.firstTokenAtMs > atMs) {
        index++;
        continue;
      }
      reading.splice(index, 1);
      if (isRunning(sequence) && advance(sequence)) slice.add(sequence);
    }
    sliceIndex++;
    nextSliceAtMs = atMs + stepMs() / slicesPerStep;
  };

  const tick = () => {
    cancelTimer = null;
    const nowMs = clock.nowMs();
    // A late timer catches up by one step at most: no sequence gets two tokens in one turn, as in a real engine's step.
    nextSliceAtMs = Math.max(nextSliceAtMs, nowMs - (stepMs() * (slicesPerStep - 1)) / slicesPerStep);
    while (running + queued.length > 0 && nextSliceAtMs <= nowMs) runSlice(nextSliceAtMs);
    arm();
  };
  const arm = () => {
    if (cancelTimer !== null || running + queued.length === 0) return;
    cancelTimer = clock.schedule(tick, Math.max(0, nextSliceAtMs - clock.nowMs()));
  };

  return {
    model: "the timed engine",
    isRealModel: false,
    maxModelTokens: profile.maxModelTokens,
    maxSequences: profile.maxSequences,
    tokenize: tokenizeTimed,
    renderChat: (messages, { addGenerationPrompt }) =>
      messages.map(({ role, content }) => `<|${role}|>${content}<|end|>`).join("") +
      (addGenerationPrompt ? "<|assistant|>" : ""),
    generate(generation, sink) {
      if (generation.signal.aborted) return;
      // Greedy decoding depends on the prompt alone, sampling on the seed as well.
      const promptHash = seedOf(generation.promptTokens.join(" "));
      const seed = generation.temperature === 0 ? promptHash : promptHash ^ generation.seed;
      const sequence: Sequence = {
        generation,
        sink,
        answer: generation.shape === undefined ? timedAnswer(seed) : timedInstance(generation.shape, seed),
        text: "",
        emittedTokens: 0,
        firstTokenAtMs: Number.POSITIVE_INFINITY,
        state: "queued",
      };
      queued.push(sequence);
      generation.signal.addEventListener("abort", () => leave(sequence), { once: true });
      const nowMs = clock.nowMs();
      if (running === 0 && queued.length === 1) nextSliceAtMs = nowMs;
      admit(nowMs);
      arm();
    },
    async close() {
      cancelTimer?.();
      cancelTimer = null;
      queued.length = 0;
      reading.length = 0;
      for (const slice of slices) slice.clear();
      running = 0;
    },
  };
}

function isRunning(sequence: Sequence): boolean {
  return sequence.state === "running";
}
