import { type Edge, fitsOf, type Program } from "./compile-pattern.ts";

/** How many steps were taken, and how many may be. */
interface Meter {
  steps: number;
  readonly most: number;
}

const none: readonly number[] = [];

/**
 * Counts the steps in which a backtracking matcher looks for a pattern in all of a text, as `replace` with the flag `g`
 * does: from every place, and on behind each match. Above `most` the count stops and is infinite.
 */
export function countSteps(program: Program, text: string, most: number): number {
  const meter: Meter = { steps: 0, most };
  for (let start = 0; start <= text.length; ) {
    const end = findEnd(program, { text, start, positions: none }, meter);
    if (meter.steps > most) return Number.POSITIVE_INFINITY;
    start = end === null || end <= start ? start + 1 : end;
  }
  return meter.steps;
}

interface Attempt {
  text: string;
  start: number;
  /** What groups and loops have kept. */
  positions: readonly number[];
}

/** Returns where a match from this start ends; `null` where there is none. */
function findEnd(program: Program, attempt: Attempt, meter: Meter): number | null {
  const { text } = attempt;
  const move = program.isBackwards ? -1 : 1;
  const waiting: { at: number; position: number; positions: readonly number[] }[] = [];
  let at = 0;
  let position = attempt.start;
  let { positions } = attempt;
  while (at < program.steps.length) {
    const step = program.steps[at];
    if (step === undefined || ++meter.steps > meter.most) return null;
    at++;
    let holds = true;
    if (step.does === "take") {
      const place = program.isBackwards ? position - 1 : position;
      holds = place >= 0 && place < text.length && step.fits(text.charCodeAt(place));
      position += move;
    } else if (step.does === "choose") {
      waiting.push({ at: step.second, position, positions });
      at = step.first;
    } else if (step.does === "jump") {
      at = step.to;
    } else if (step.does === "keep") {
      const next = [...positions];
      next[step.register] = position;
      positions = next;
    } else if (step.does === "advance") {
      holds = positions[step.register] !== position;
    } else if (step.does === "repeat") {
      const group = text.slice(positions[step.register] ?? 0, positions[step.register + 1] ?? 0);
      const start = program.isBackwards ? position - group.length : position;
      meter.steps += group.length;
      holds = start >= 0 && text.startsWith(group, start);
      position += move * group.length;
    } else if (step.does === "look") {
      const found = findEnd(step.program, { text, start: position, positions }, meter);
      holds = (found !== null) !== step.isNegated;
    } else {
      holds = isAtEdge(step, text, position) !== step.isNegated;
    }
    if (holds) continue;
    const last = waiting.pop();
    if (last === undefined) return null;
    ({ at, position, positions } = last);
  }
  return position;
}

function isAtEdge({ kind, isOfLine }: Edge, text: string, position: number): boolean {
  if (kind === "start") return position === 0 || (isOfLine && text[position - 1] === "\n");
  if (kind === "end") return position === text.length || (isOfLine && text[position] === "\n");
  return isWordAt(text, position - 1) !== isWordAt(text, position);
}

const isWord = fitsOf("\\w", "");

function isWordAt(text: string, position: number): boolean {
  return isWord(text.charCodeAt(position));
}
