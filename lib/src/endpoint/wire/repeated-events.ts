import { type ComparedEvent, type ExampleEvent, findExample, readLike } from "./example-event.ts";

/** Reads events that say the same as one before, but for a piece of text and counts; see {@link createRepeatedEvents}. */
export interface RepeatedEvents {
  /** Reads the event that begins at `from`; `null` where it is like no example, or not there as a whole before `to`. */
  read(bytes: Buffer, from: number, to: number): ComparedEvent | null;
  /** Takes the last event of these bytes, which begin with one, as an example. */
  learn(bytes: Buffer): void;
}

/**
 * Creates what reads events by comparison with examples; the streams of one server can share it.
 *
 * Nearly all events of a server are alike to the byte, but for a text, some numbers and an id. What differs is read, and
 * the rest says what it said in the example: that costs a fifth of reading its JSON.
 */
export function createRepeatedEvents(): RepeatedEvents {
  // The latest one that fitted stands first.
  const examples: ExampleEvent[] = [];
  let learned = 0;
  let readSince = 0;
  return {
    read(bytes, from, to) {
      for (let position = 0; position < examples.length; position++) {
        const example = examples[position];
        const event = example === undefined ? null : readLike(example, bytes, from, to);
        if (event === null) continue;
        readSince++;
        if (position > 0) examples.unshift(...examples.splice(position, 1));
        return event;
      }
      return null;
    },
    learn(bytes) {
      // Where no two events are alike, all are read as they come.
      if (learned >= mostExamples && readSince < eventsPerExample) return;
      const example = findExample(bytes);
      if (example === null) return;
      learned++;
      readSince = 0;
      examples.unshift(example);
      examples.splice(mostExamples);
    },
  };
}

const mostExamples = 4;
/** So many events pay for an example. */
const eventsPerExample = 32;
