import { seededRandom, seedOf } from "workbook/seeded-random";
import type { Shape } from "./schema/shape.ts";
import { writeInstance } from "./schema/write-instance.ts";

// Placeholder text that says so.
const sentences = [
  [" Each", " piece", " stands", " for", " one", " token", " of", " an", " answer", "."],
  [" Measure", " its", " time", ",", " and", " do", " not", " read", " it", "."],
  [" Its", " speed", " is", " simulated", "."],
];

/** The first sentence; its number differs from answer to answer. */
function opening(random: () => number): string[] {
  const twoDigits = () => String(Math.floor(random() * 100)).padStart(2, "0");
  // The dots come as two tokens, the first of them empty, as a real tokenizer's pieces of one character do.
  const dots = [" ", "", "…"];
  const origin = [" no", " model", " wrote", " this", "."];
  return ["Placeholder", " text", " ", twoDigits(), twoDigits(), ...dots, ...origin];
}

/** Splits text into tokens of at most five letters or digits, or one other character; the numbers are hashes. */
export function tokenizeTimed(text: string): number[] {
  return splitTimed(text).map((piece) => seedOf(piece) % 49_152);
}

function splitTimed(text: string): string[] {
  return text.match(/\s*[\p{L}\p{N}]{1,5}|\s*[^\s\p{L}\p{N}]|\s+/gu) ?? [];
}

/** The tokens of one simulated answer: which text comes next, and after how many tokens it would end by itself. */
export interface TimedAnswer {
  naturalTokens: number;
  next(): string;
}

/** Simulates an answer of a shape, in JSON. */
export function timedInstance(shape: Shape, seed: number): TimedAnswer {
  const pieces = splitTimed(writeInstance(shape, seed));
  let position = 0;
  return { naturalTokens: pieces.length, next: () => pieces[position++] ?? "" };
}

/** Simulates an answer in words. */
export function timedAnswer(seed: number): TimedAnswer {
  const random = seededRandom(seed);
  const naturalTokens = 24 + Math.floor(random() * 200);
  let sentence = opening(random);
  let position = 0;
  return {
    naturalTokens,
    next() {
      if (position >= sentence.length) {
        sentence = sentences[Math.floor(random() * sentences.length)] ?? [];
        position = 0;
      }
      return sentence[position++] ?? "";
    },
  };
}
