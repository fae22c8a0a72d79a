import { cleanName } from "../../words/index.ts";
import { AnswerFault } from "./answer-fault.ts";

/** The head of an answer, by names in lower case; values of a header that came several times are joined by commas. */
export interface AnswerHead {
  status: number;
  /** The digit behind the point of HTTP/1.0 and HTTP/1.1. */
  minorVersion: number;
  headers: Map<string, string>;
}

const statusLine = /^HTTP\/1\.(\d) +(\d{3})(?: .*)?$/;

/** Reads the first line of an answer. */
export function readStatusLine(line: string): AnswerHead {
  const [, minorVersion, status] = statusLine.exec(line) ?? [];
  if (status === undefined) throw new AnswerFault(`the answer is no HTTP/1.1: ${cleanName(line, 60)}`);
  return { status: Number(status), minorVersion: Number(minorVersion), headers: new Map() };
}

/** Says as early as possible that what answers speaks no HTTP/1: it may send no line end, and then nothing more. */
export function checkBeginning(line: string): void {
  if ("HTTP/1.".startsWith(line.slice(0, 7))) return;
  // The record of a TLS alert, or of a handshake.
  if (line.startsWith("\x15\x03") || line.startsWith("\x16\x03")) {
    throw new AnswerFault("the answer is TLS, not HTTP: the address must begin with https://");
  }
  throw new AnswerFault(`the answer is no HTTP/1.1: ${cleanName(line, 60)}`);
}

/** Adds a header line; one that begins with a space goes on with the line before, whose name is `lastName`. */
export function addHeaderLine(headers: Map<string, string>, line: string, lastName: string): string {
  const isFolded = lastName !== "" && (line.startsWith(" ") || line.startsWith("\t"));
  const colon = isFolded ? -1 : line.indexOf(":");
  const name = isFolded ? lastName : line.slice(0, Math.max(0, colon)).trim().toLowerCase();
  if (name === "") throw new AnswerFault(`a line is no header: ${cleanName(line, 60)}`);
  const value = line.slice(colon + 1).trim();
  const before = headers.get(name);
  headers.set(name, before === undefined ? value : `${before}${isFolded ? " " : ", "}${value}`);
  return name;
}

/** How the body of an answer is framed, and whether the connection can serve another request. */
export interface Framing {
  /** `null`: in chunks; `Infinity`: until the connection ends. */
  bodyBytes: number | null;
  keepsOpen: boolean;
}

/** Reads the framing from the head, by RFC 9112, section 6.3. */
export function readFraming({ status, minorVersion, headers }: AnswerHead): Framing {
  // Proxies that name it once more do not do it once more.
  const codings = new Set(listTokens(headers.get("transfer-encoding")));
  codings.delete("identity");
  const lengths = new Set(listTokens(headers.get("content-length")));
  const connection = listTokens(headers.get("connection"));
  const staysOpen = minorVersion === 0 ? connection.includes("keep-alive") : !connection.includes("close");
  if (status === 204 || status === 304) return { bodyBytes: 0, keepsOpen: staysOpen };
  if (codings.size > 0) {
    if ([...codings].join() === "chunked")
      return { bodyBytes: null, keepsOpen: staysOpen && lengths.size === 0 };
    throw new AnswerFault(
      `the answer has an unknown transfer encoding: ${cleanName([...codings].join(), 60)}`,
    );
  }
  if (lengths.size === 0) return { bodyBytes: Infinity, keepsOpen: false };
  const [length = ""] = lengths;
  if (lengths.size === 1 && /^\d{1,15}$/.test(length)) {
    return { bodyBytes: Number(length), keepsOpen: staysOpen };
  }
  throw new AnswerFault(`the answer's content length is no number: ${cleanName([...lengths].join(), 60)}`);
}

function listTokens(value = ""): string[] {
  const tokens = value.split(",").map((token) => token.trim().toLowerCase());
  return tokens.filter((token) => token !== "");
}
