import { inWords } from "../../words/index.ts";
import { AnswerFault } from "./answer-fault.ts";
import {
  type AnswerHead,
  addHeaderLine,
  checkBeginning,
  type Framing,
  readFraming,
  readStatusLine,
} from "./answer-head.ts";

/** Reads one answer after the other from the bytes of a connection, wherever they are cut. */
export interface AnswerReader {
  /** Readies it for the next answer. */
  begin(): void;
  /**
   * Reads the first `length` bytes; returns how many of them belong to the answer once it is whole, else -1.
   *
   * @throws AnswerFault where they are no HTTP/1.1.
   */
  read(bytes: Buffer, length: number): number;
  /** Nothing more is read of this answer. */
  stop(): void;
  /** The server has ended the connection; this ends an answer without a length. */
  endInput(): void;
  /** `waiting`: no byte has come yet. */
  progress(): "waiting" | "reading" | "whole";
  /** Whether the connection can serve another request after this answer. */
  keepsOpen(): boolean;
}

/** Of all heads of one answer, interim ones included, of its trailers, and of one line before a chunk: this bounds their number too. */
const mostHeadBytes = 65_536;
const lineFeed = 10;
const carriageReturn = 13;

/** Takes a part of a body, which lies there during the call: a slice of it would cost as much as to find it. */
export type BytesTaker = (bytes: Buffer, from: number, to: number) => void;

/** Creates the reader; `onHead` returns what takes the body. */
export function createAnswerReader(onHead: (head: AnswerHead) => BytesTaker): AnswerReader {
  let state: "body" | "chunk end" | "chunk size" | "chunk extension" | "line" | "whole" = "line";
  let isUntouched = true;
  // What has come of a line: the status line while there is no head, a header, or a trailer behind the last chunk.
  let line = "";
  let lastName = "";
  let headBytes = 0;
  let head: AnswerHead | null = null;
  let framing: Framing | null = null;
  // Of the body, or of a chunk of it.
  let bytesLeft = 0;
  let hasSize = false;
  let takeBytes: BytesTaker = () => {};

  const countHeadBytes = (count: number) => {
    headBytes += count;
    if (headBytes <= mostHeadBytes) return;
    throw new AnswerFault(
      `the answer's headers are longer than ${inWords(mostHeadBytes)} bytes`,
      "HPE_HEADER_OVERFLOW",
    );
  };

  const beginBody = (current: AnswerHead) => {
    if (current.status < 200 && current.status !== 101) {
      head = null;
      return;
    }
    framing = readFraming(current);
    bytesLeft = framing.bodyBytes ?? 0;
    state = framing.bodyBytes === null ? "chunk size" : bytesLeft > 0 ? "body" : "whole";
    hasSize = false;
    takeBytes = onHead(current);
  };

  const takeLine = (text: string) => {
    if (framing !== null) {
      if (text === "") state = "whole";
    } else if (head === null) {
      // Some servers end the answer before with a line end too many.
      if (text !== "") head = readStatusLine(text);
      lastName = "";
    } else if (text === "") beginBody(head);
    else lastName = addHeaderLine(head.headers, text, lastName);
  };

  const takeLinePart = (bytes: Buffer, from: number, length: number): number => {
    let end = from;
    while (end < length && bytes[end] !== lineFeed) end++;
    countHeadBytes(end + 1 - from);
    const known = line.length;
    line += bytes.toString("latin1", from, end);
    if (head === null && known < 8 && line !== "\r") checkBeginning(line);
    if (end === length) return length;
    const whole = line.endsWith("\r") ? line.slice(0, -1) : line;
    line = "";
    takeLine(whole);
    return end + 1;
  };

  /** One byte of what stands around the chunks; by RFC 9112, section 7.1, but a carriage return may be missing. */
  const takeChunkByte = (byte: number) => {
    countHeadBytes(1);
    const digit = state === "chunk size" ? hexDigit(byte) : -1;
    if (digit >= 0) {
      bytesLeft = bytesLeft * 16 + digit;
      hasSize = true;
      if (bytesLeft <= Number.MAX_SAFE_INTEGER) return;
    } else if (byte === lineFeed && state === "chunk end") {
      state = "chunk size";
      hasSize = false;
      headBytes = 0;
      return;
    } else if (byte === lineFeed && hasSize) {
      state = bytesLeft > 0 ? "body" : "line";
      headBytes = 0;
      return;
    } else if (state === "chunk extension" || (state === "chunk end" && byte === carriageReturn)) return;
    else if (state === "chunk size" && hasSize && isAfterSize(byte)) {
      state = "chunk extension";
      return;
    }
    throw new AnswerFault("the answer is not cut into chunks as HTTP says", "HPE_INVALID_CHUNK_SIZE");
  };

  return {
    begin() {
      state = "line";
      isUntouched = true;
      line = "";
      headBytes = 0;
      head = null;
      framing = null;
    },
    read(bytes, length) {
      let at = 0;
      if (length > 0) isUntouched = false;
      while (at < length && state !== "whole") {
        if (state === "body") {
          const from = at;
          at = Math.min(length, from + bytesLeft);
          bytesLeft -= at - from;
          if (bytesLeft === 0) state = framing?.bodyBytes === null ? "chunk end" : "whole";
          takeBytes(bytes, from, at);
        } else if (state === "line") at = takeLinePart(bytes, at, length);
        else takeChunkByte(bytes[at++] ?? 0);
      }
      return state === "whole" ? at : -1;
    },
    stop() {
      state = "whole";
    },
    endInput() {
      if (state === "body" && framing?.bodyBytes === Infinity) state = "whole";
    },
    progress: () => (state === "whole" ? "whole" : isUntouched ? "waiting" : "reading"),
    keepsOpen: () => framing?.keepsOpen === true,
  };
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** A carriage return, an extension, or the spaces that some servers write behind the size. */
function isAfterSize(byte: number): boolean {
  return byte === carriageReturn || byte === 59 || byte === 32 || byte === 9;
}
