import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Generation } from "../../rehearsal/src/model-server/engine.ts";
import { createTimedEngine, type TimedProfile } from "../../rehearsal/src/model-server/timed-engine.ts";
import { createHandClock } from "../helpers/hand-clock.ts";

/** What became of one generation, with times on the engine's own clock. */
interface Observed {
  scheduledAtMs: number | null;
  tokens: { atMs: number; text: string }[];
  finishReason: string | null;
  abort(): void;
  text(): string;
}

const profile = {
  timeToFirstTokenMs: 50,
  prefillTokensPerSecond: 1_000,
  timePerOutputTokenMs: 30,
  stepGrowthPerSequence: 0.1,
  maxSequences: 4,
  maxModelTokens: 1_000,
};

function startEngine(changes: Partial<TimedProfile> = {}) {
  const clock = createHandClock();
  const engine = createTimedEngine({ profile: { ...profile, ...changes }, clock });
  const generate = (generation: Partial<Generation> = {}): Observed => {
    const controller = new AbortController();
    const observed: Observed = {
      scheduledAtMs: null,
      tokens: [],
      finishReason: null,
      abort: () => controller.abort(),
      text: () => observed.tokens.map(({ text }) => text).join(""),
    };
    engine.generate(
      {
        promptTokens: [],
        maxTokens: 10,
        temperature: 1,
        topP: 1,
        topK: 0,
        seed: 1,
        ignoreEos: true,
        signal: controller.signal,
        ...generation,
      },
      {
        scheduled: () => {
          observed.scheduledAtMs = clock.nowMs();
        },
        token(text, finishReason) {
          observed.tokens.push({ atMs: clock.nowMs(), text });
          observed.finishReason = finishReason;
        },
        failed: (error) => assert.fail(String(error)),
      },
    );
    return observed;
  };
  return { clock, engine, generate };
}

/** The times between a generation's tokens. */
function gapsMs({ tokens }: Observed): number[] {
  return tokens.slice(1).map(({ atMs }, index) => atMs - (tokens[index]?.atMs ?? 0));
}

function assertClose(actual: number, expected: number, slackMs = 1e-6): void {
  assert.ok(Math.abs(actual - expected) <= slackMs, `${actual} ms is not ${expected} ms`);
}

describe("one answer of the timed engine", () => {
  test("has its first token after the profile's time, and one more at every step", () => {
    const { clock, generate } = startEngine();
    const answer = generate({ maxTokens: 5 });
    clock.advance(49);
    assert.equal(answer.tokens.length, 0);
    clock.advance(500);
    assert.equal(answer.tokens.length, 5);
    // The first token comes with the next slice, a tenth of a step.
    const firstMs = answer.tokens[0]?.atMs ?? 0;
    assert.ok(firstMs >= 50 && firstMs <= 53, `${firstMs} ms`);
    for (const gapMs of gapsMs(answer)) assertClose(gapMs, 30);
    assert.equal(answer.finishReason, "length");
  });

  test("waits for its prompt to be read: 200 tokens at 1,000 a second", () => {
    const { clock, generate } = startEngine();
    const answer = generate({ promptTokens: Array.from({ length: 200 }, () => 1), maxTokens: 1 });
    clock.advance(1_000);
    const firstMs = answer.tokens[0]?.atMs ?? 0;
    assert.ok(firstMs >= 250 && firstMs <= 253, `${firstMs} ms`);
  });

  test("ends by itself unless told to go on", () => {
    const { clock, generate } = startEngine();
    const answer = generate({ maxTokens: 900, ignoreEos: false });
    const longer = generate({ maxTokens: 900, ignoreEos: true });
    clock.advance(60_000);
    assert.equal(answer.finishReason, "stop");
    assert.ok(answer.tokens.length > 20 && answer.tokens.length < 300);
    assert.equal(answer.tokens.at(-1)?.text, "");
    assert.equal(longer.finishReason, "length");
    assert.equal(longer.tokens.length, 900);
    assert.ok(longer.text().startsWith(answer.text()));
  });

  test("says itself that it is simulated", () => {
    const { clock, generate } = startEngine();
    const answer = generate({ maxTokens: 300 });
    clock.advance(60_000);
    assert.match(answer.text(), /simulated/);
  });

  test("stops at once when it is aborted, and frees its place", () => {
    const { clock, generate } = startEngine({ maxSequences: 1 });
    const answer = generate({ maxTokens: 900 });
    const next = generate({ maxTokens: 2 });
    clock.advance(200);
    const before = answer.tokens.length;
    assert.ok(before > 0);
    assert.equal(next.scheduledAtMs, null);
    answer.abort();
    clock.advance(1_000);
    assert.equal(answer.tokens.length, before);
    assert.equal(next.finishReason, "length");
  });

  test("never begins where it is aborted in the queue, or before", () => {
    const { clock, generate } = startEngine({ maxSequences: 1 });
    generate({ maxTokens: 5 });
    const queued = generate();
    queued.abort();
    const early = generate({ signal: AbortSignal.abort() });
    clock.advance(5_000);
    for (const answer of [queued, early]) {
      assert.equal(answer.scheduledAtMs, null);
      assert.equal(answer.tokens.length, 0);
    }
  });
});

describe("the words of the timed engine", () => {
  const textOf = (generation: Partial<Generation>, others = 0): string => {
    const { clock, generate } = startEngine();
    for (let seed = 100; seed < 100 + others; seed++) generate({ seed, maxTokens: 40 });
    const answer = generate({ maxTokens: 40, ...generation });
    clock.advance(60_000);
    return answer.text();
  };

  test("are the same for the same seed, whatever runs beside", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 6 }), (seed, others) => {
        assert.equal(textOf({ seed }, others), textOf({ seed }));
      }),
      { numRuns: 20 },
    );
  });

  test("differ by seed when sampled, and by prompt alone when greedy", () => {
    const texts = new Set(Array.from({ length: 12 }, (_, seed) => textOf({ seed })));
    assert.ok(texts.size > 6, `${texts.size} different texts of 12`);
    assert.equal(textOf({ temperature: 0, seed: 1 }), textOf({ temperature: 0, seed: 2 }));
    const greedy = (prompt: number) => textOf({ temperature: 0, promptTokens: [prompt] });
    assert.ok(new Set([1, 2, 3, 4, 5, 6].map(greedy)).size > 2);
  });
});

describe("the timed engine under load", () => {
  test("takes longer for a step, by the profile's growth for each further sequence", () => {
    const { clock, generate } = startEngine();
    const answers = [generate(), generate(), generate()];
    clock.advance(5_000);
    // Three at once: 30 ms and two tenths of it.
    for (const answer of answers) for (const gapMs of gapsMs(answer).slice(0, -1)) assertClose(gapMs, 36);
  });

  test("gets quicker again when the others have left", () => {
    const { clock, generate } = startEngine();
    generate({ maxTokens: 3 });
    const answer = generate({ maxTokens: 20 });
    clock.advance(5_000);
    const gaps = gapsMs(answer);
    assertClose(gaps[0] ?? 0, 33);
    assertClose(gaps.at(-1) ?? 0, 30);
  });

  test("lets requests beyond maxSequences wait, and takes them in the order in which they came", () => {
    const { clock, generate } = startEngine();
    const answers = Array.from({ length: 10 }, () => generate({ maxTokens: 5 }));
    clock.advance(1);
    assert.deepEqual(
      answers.map(({ scheduledAtMs }) => scheduledAtMs !== null),
      [true, true, true, true, false, false, false, false, false, false],
    );
    clock.advance(60_000);
    const starts = answers.map(({ scheduledAtMs }) => scheduledAtMs ?? Number.NaN);
    assert.deepEqual(
      starts,
      starts.toSorted((a, b) => a - b),
    );
    assert.ok(answers.every(({ finishReason }) => finishReason === "length"));
    const firstEnd = Math.min(...answers.map(({ tokens }) => tokens.at(-1)?.atMs ?? 0));
    assert.ok((starts[4] ?? 0) >= firstEnd);
  });

  test("reads prompts one after another, so that a burst delays its own first tokens", () => {
    const { clock, generate } = startEngine();
    const promptTokens = Array.from({ length: 100 }, () => 1);
    const answers = [generate({ promptTokens }), generate({ promptTokens }), generate({ promptTokens })];
    clock.advance(5_000);
    answers.forEach(({ tokens }, index) => {
      const firstMs = tokens[0]?.atMs ?? 0;
      const dueMs = 50 + 100 * (index + 1);
      assert.ok(firstMs >= dueMs && firstMs <= dueMs + 4, `${firstMs} ms`);
    });
  });

  test("never runs more sequences than it may, and loses none", () => {
    const request = fc.record({ maxTokens: fc.integer({ min: 1, max: 12 }), afterMs: fc.nat({ max: 200 }) });
    fc.assert(
      fc.property(
        fc.array(request, { minLength: 1, maxLength: 15 }),
        fc.integer({ min: 1, max: 5 }),
        (requests, maxSequences) => {
          const { clock, generate } = startEngine({ maxSequences });
          const answers = requests.map(({ maxTokens, afterMs }) => {
            clock.advance(afterMs);
            return { maxTokens, observed: generate({ maxTokens }) };
          });
          clock.advance(600_000);
          for (const { maxTokens, observed } of answers) assert.equal(observed.tokens.length, maxTokens);
          const spans = answers.map(({ observed }) => [
            observed.scheduledAtMs ?? 0,
            observed.tokens.at(-1)?.atMs ?? 0,
          ]);
          for (const [startMs = 0] of spans) {
            const running = spans.filter(([from = 0, to = 0]) => from <= startMs && startMs < to);
            assert.ok(running.length <= maxSequences, `${running.length} at ${startMs} ms`);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test("makes up for a timer that is late by less than a step, and loses the time beyond that", () => {
    let nowMs = 0;
    let timer: (() => void) | null = null;
    const clock = {
      nowMs: () => nowMs,
      schedule(callback: () => void) {
        timer = callback;
        return () => {};
      },
    };
    /** Lets the time pass, and only then the timer ring, however late that is. */
    const pass = (ms: number) => {
      nowMs += ms;
      const ring = timer;
      timer = null;
      ring?.();
    };
    const engine = createTimedEngine({ profile, clock });
    let tokens = 0;
    engine.generate(
      {
        promptTokens: [],
        maxTokens: 1_000,
        temperature: 1,
        topP: 1,
        topK: 0,
        seed: 1,
        ignoreEos: true,
        signal: new AbortController().signal,
      },
      { scheduled() {}, token: () => tokens++, failed: (error) => assert.fail(String(error)) },
    );
    for (let rings = 0; rings < 200; rings++) pass(3);
    const inTime = tokens;
    for (let rings = 0; rings < 24; rings++) pass(25);
    assert.equal(tokens - inTime, 20);
    const beforePause = tokens;
    pass(300);
    assert.ok(tokens - beforePause <= 2, `${tokens - beforePause} tokens in one burst`);
  });

  test("emits nothing after it was closed", async () => {
    const { clock, engine, generate } = startEngine();
    const answer = generate();
    clock.advance(100);
    const before = answer.tokens.length;
    await engine.close();
    clock.advance(5_000);
    assert.equal(answer.tokens.length, before);
  });
});
