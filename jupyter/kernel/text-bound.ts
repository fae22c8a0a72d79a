/** Text of one stream that was left out, and its end, which a reader wants to see. */
export interface LeftOut {
  readonly bytes: number;
  readonly lines: number;
  readonly end: string;
}

/** Lets text through up to a bound in bytes, and remembers how much it kept back, and the end of it. */
export interface TextBound<Name> {
  /** Returns the part of the text that may be shown. */
  admit(name: Name, text: string): string;
  /** Returns what was kept back of a stream since the last call, or null. */
  takeLeftOut(name: Name): LeftOut | null;
}

interface KeptBack {
  bytes: number;
  lines: number;
  ends: string[];
  endLength: number;
}

/** Bounds the text of several streams together, in bytes and lines; of each stream's rest the last `endCharacters` are kept. */
export function createTextBound<Name>(options: {
  bytes: number;
  lines: number;
  endCharacters: number;
}): TextBound<Name> {
  const { endCharacters } = options;
  const streams = new Map<Name, KeptBack>();
  let room = options.bytes;
  let linesLeft = options.lines;

  function keepBack(name: Name, text: string): void {
    if (text === "") return;
    const kept = streams.get(name) ?? { bytes: 0, lines: 0, ends: [], endLength: 0 };
    streams.set(name, kept);
    kept.bytes += Buffer.byteLength(text);
    kept.lines += countLines(text);
    const end = text.slice(-endCharacters);
    kept.ends.push(end);
    kept.endLength += end.length;
    // Joined only now and then: a loop may write millions of lines.
    if (kept.endLength < 4 * endCharacters) return;
    kept.ends = [kept.ends.join("").slice(-endCharacters)];
    kept.endLength = endCharacters;
  }

  return {
    admit(name, text) {
      const size = text.length <= room ? sizeOf(text) : Number.POSITIVE_INFINITY;
      const shown = cutLines(size <= room ? text : cut(text, room), linesLeft);
      room = shown.length < text.length ? 0 : room - size;
      linesLeft -= countLines(shown);
      keepBack(name, text.slice(shown.length));
      return shown;
    },
    takeLeftOut(name) {
      const kept = streams.get(name);
      if (kept === undefined) return null;
      streams.delete(name);
      const end = startAtLine(kept.ends.join("").slice(-endCharacters).toWellFormed(), kept.bytes);
      return { bytes: kept.bytes - Buffer.byteLength(end), lines: kept.lines - countLines(end), end };
    },
  };
}

/** The size in a message, where JSON writes a control character as six bytes. */
function sizeOf(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}

function cut(text: string, room: number): string {
  let head = text.slice(0, room);
  for (let size = sizeOf(head); size > room; size = sizeOf(head)) {
    head = head.slice(0, Math.floor(head.length * Math.min(0.9, room / size)));
  }
  return isHalfCharacter(head.charCodeAt(head.length - 1)) ? head.slice(0, -1) : head;
}

/** The first lines of a text; of what follows them nothing. */
function cutLines(text: string, count: number): string {
  let end = 0;
  for (let line = 0; line < count; line++) {
    const lineEnd = text.indexOf("\n", end);
    if (lineEnd === -1) return text;
    end = lineEnd + 1;
  }
  return text.slice(0, end);
}

function isHalfCharacter(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00;
}

/** What is left out ends with a line, unless nothing is left out or the line is longer than all that is kept. */
function startAtLine(end: string, bytes: number): string {
  if (Buffer.byteLength(end) >= bytes) return end;
  const lineEnd = end.indexOf("\n");
  return lineEnd === -1 || lineEnd === end.length - 1 ? end : end.slice(lineEnd + 1);
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}
