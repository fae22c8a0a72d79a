import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Flight } from "../../lib/src/measure/flight.ts";
import { createLoadRecorder } from "../../lib/src/measure/load-recorder.ts";
import { makeFlight } from "../helpers/flight.ts";

function createFlight(sentAt: number, given: Partial<Flight> = {}): Flight {
  return makeFlight({ sentAt, hasRunningUsage: true, ...given });
}

/** Lets a token arrive at each of these times, one chunk each. */
function receive(recorder: ReturnType<typeof createLoadRecorder>, flight: Flight, times: readonly number[]) {
  let fromAt = flight.sentAt;
  for (const toAt of times) {
    flight.chunks++;
    if (flight.hasRunningUsage) {
      flight.outputTokens = (flight.outputTokens ?? 0) + 1;
      recorder.observer.tokens(flight, { count: 1, fromAt, toAt });
    }
    recorder.observer.chunk(flight, { gapMs: flight.chunks === 1 ? null : toAt - fromAt, fromAt, toAt });
    fromAt = toAt;
  }
  recorder.ended(flight);
}

describe("the steady window", () => {
  test("loses nothing of the step in which it ends, though its tokens are read one after the other", () => {
    const recorder = createLoadRecorder();
    recorder.openWindow(0);
    // Four streams, one step of 100 ms each, read a millisecond apart; the first end closes the window.
    recorder.closeWindow(100);
    for (const late of [0, 1, 2, 3]) receive(recorder, createFlight(0), [100 + late]);
    const { outputTokensInWindow, inputTokensInWindow } = recorder.result();
    assert.ok(Math.abs((outputTokensInWindow ?? 0) - 4) < 0.1, `${outputTokensInWindow} of 4 tokens`);
    assert.ok(Math.abs((inputTokensInWindow ?? 0) - 40) < 1, `${inputTokensInWindow} of 40 tokens`);
  });

  test("takes of a prompt the part of its reading that lies in it", () => {
    const recorder = createLoadRecorder();
    recorder.openWindow(75);
    receive(recorder, createFlight(0), [100, 150]);
    recorder.closeWindow(200);
    // A quarter of ten tokens; of the answer a quarter of the first token, and the second.
    const { inputTokensInWindow, outputTokensInWindow } = recorder.result();
    assert.equal(inputTokensInWindow, 2.5);
    assert.equal(outputTokensInWindow, 1.25);
  });

  test("spreads a count that came only at the end over the chunks", () => {
    const recorder = createLoadRecorder();
    recorder.openWindow(0);
    recorder.closeWindow(200);
    const flight = createFlight(0, { hasRunningUsage: false, outputTokens: 8 });
    receive(recorder, flight, [100, 200, 300, 400]);
    assert.equal(recorder.result().outputTokensInWindow, 4);
  });

  test("counts the chunks of answers that were broken off without a count like those of the others", () => {
    const recorder = createLoadRecorder();
    recorder.openWindow(0);
    recorder.closeWindow(1_000);
    receive(recorder, createFlight(0, { hasRunningUsage: false, outputTokens: 4 }), [100, 200]);
    const unknown = { hasRunningUsage: false, outputTokens: null, inputTokens: null } as const;
    for (const outcome of ["failed", "cancelled"] as const) {
      receive(recorder, createFlight(0, { ...unknown, outcome }), [100]);
    }
    const { outputTokensInWindow, inputTokensInWindow, uncountedAnswers } = recorder.result();
    assert.deepEqual([outputTokensInWindow, inputTokensInWindow, uncountedAnswers], [4 + 2 + 2, 30, 2]);
  });

  test("does not know its rate where a complete answer came without a count", () => {
    const recorder = createLoadRecorder();
    recorder.openWindow(0);
    receive(recorder, createFlight(0, { hasRunningUsage: false, outputTokens: null }), [100]);
    assert.equal(recorder.result().outputTokensInWindow, null);
  });

  test("wherever it lies, gives a stream that writes evenly its rate", () => {
    const cut = fc.integer({ min: 0, max: 10_000 });
    fc.assert(
      fc.property(cut, cut, fc.integer({ min: 1, max: 300 }), (one, other, stepMs) => {
        const [startAt, endAt] = [Math.min(one, other), Math.max(one, other) + 1];
        const recorder = createLoadRecorder();
        recorder.openWindow(startAt);
        recorder.closeWindow(endAt);
        const times = Array.from({ length: Math.ceil(10_001 / stepMs) }, (_, step) => (step + 1) * stepMs);
        receive(recorder, createFlight(0), times);
        const expected = (endAt - startAt) / stepMs;
        assert.ok(Math.abs((recorder.result().outputTokensInWindow ?? 0) - expected) < 1e-6);
      }),
    );
  });

  test("weighs the requests in flight by time", () => {
    const recorder = createLoadRecorder();
    recorder.inFlight(2, 0);
    recorder.openWindow(0);
    recorder.inFlight(1, 300);
    recorder.closeWindow(400);
    assert.equal(recorder.result().achievedStreams, 1.75);
  });
});
