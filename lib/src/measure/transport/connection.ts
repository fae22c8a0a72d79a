import type { Socket } from "node:net";
import { AnswerFault } from "./answer-fault.ts";
import { type BytesTaker, createAnswerReader } from "./read-answer.ts";
import { createUnpacker, type Unpacker } from "./unpack-body.ts";

/** What happens to one request; `end`, `failed` or the caller's own abort comes once, then `closed`, and nothing after it. */
export interface ResponseHandlers {
  /** The head came; names of headers are in lower case. Returns what takes the body. */
  head(status: number, headers: ReadonlyMap<string, string>): BytesTaker;
  /** The body came whole. */
  end(): void;
  /** It broke, with a code of Node's where there is one. */
  failed(error: Error & { code?: string }): void;
  /** Its connection is free again, or gone. */
  closed(): void;
}

/** One request on its way. */
export interface Exchange {
  /** Head and body in one, until the answer begins. */
  request: Buffer | null;
  readonly on: ResponseHandlers;
  /** Sent again after a kept connection turned out to be closed. */
  isResent: boolean;
  /** Where it is at present. */
  connection: Connection | null;
}

/** One connection, which serves one request at a time. */
export interface Connection {
  send(exchange: Exchange): void;
  /** Ends the connection if it still works for this exchange. */
  abort(exchange: Exchange): void;
  isUsable(): boolean;
  destroy(): void;
}

/** How a socket is opened: what it receives lands in one buffer that all sockets share, and no stream stands between. */
export type OpenSocket = (onread: { buffer: Buffer; callback(count: number): boolean }) => Socket;

/** Opens a connection. */
export function openConnection(options: {
  openSocket: OpenSocket;
  buffer: Buffer;
  /** It has served its request and can take another. */
  onFree(connection: Connection): void;
  onGone(connection: Connection): void;
  /** The server closed it just as it was taken again: the exchange is nobody's now. */
  onLost(exchange: Exchange): void;
}): Connection {
  const { buffer, openSocket } = options;
  let current: Exchange | null = null;
  let unpacker: Unpacker | null = null;
  let isKept = false;
  let isGone = false;
  let hasSurplus = false;
  let isBodyOver = false;
  let problem: Error | null = null;
  let afterClose: (() => void) | null = null;

  const reader = createAnswerReader(({ status, headers }) => {
    const exchange = current;
    if (exchange === null) return () => {};
    exchange.request = null;
    let takeBytes: BytesTaker = () => {};
    const created = createUnpacker(headers.get("content-encoding") ?? "", {
      bytes: (part) => takeBytes(part, 0, part.length),
      end: () => finish(),
      failed: (error) => fail(error),
      drained: () => socket.resume(),
    });
    unpacker = created;
    takeBytes = exchange.on.head(status, headers);
    if (created === null) return takeBytes;
    return (bytes, from, to) => {
      if (!created.write(bytes.subarray(from, to))) socket.pause();
    };
  });

  /** The exchange is over: it hears so once the connection is free again, or gone. */
  const leave = ({ on }: Exchange, isFree: boolean) => {
    current = null;
    if (isFree) {
      isKept = true;
      // What unpacks an answer may have paused it, and once that is whole no longer says when it wants more.
      socket.resume();
      options.onFree(connection);
      on.closed();
      return;
    }
    reader.stop();
    unpacker?.stop();
    if (isGone) on.closed();
    else afterClose = () => on.closed();
    socket.destroy();
  };

  const finish = () => {
    const exchange = current;
    if (exchange === null) return;
    current = null;
    exchange.on.end();
    const isIdle = !hasSurplus && !socket.destroyed && socket.writableLength === 0;
    leave(exchange, isIdle && reader.keepsOpen());
  };

  const fail = (error: Error) => {
    const exchange = current;
    if (exchange === null) return;
    current = null;
    exchange.on.failed(error);
    leave(exchange, false);
  };

  const endBody = () => {
    if (isBodyOver) return;
    isBodyOver = true;
    if (unpacker === null) finish();
    else unpacker.end();
  };

  // Of all streams together little of what this touches is in the processor's cache: each object on the way costs.
  const take = (count: number): true => {
    const exchange = current;
    if (exchange === null) {
      // Nobody asked for anything.
      socket.destroy();
      return true;
    }
    try {
      const used = reader.read(buffer, count);
      if (used >= 0 && current === exchange) {
        hasSurplus = used < count;
        endBody();
      }
    } catch (error) {
      if (!(error instanceof AnswerFault)) throw error;
      fail(error);
    }
    return true;
  };

  const socket = openSocket({ buffer, callback: take });
  socket.on("error", (error) => {
    // Where every address of a host refuses, its own message is empty.
    problem = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  });
  socket.on("end", () => {
    if (current !== null && reader.progress() !== "whole") {
      reader.endInput();
      if (reader.progress() === "whole") endBody();
    }
    socket.destroy();
  });
  socket.on("close", () => {
    isGone = true;
    options.onGone(connection);
    afterClose?.();
    const exchange = current;
    // What came whole is still being unpacked.
    if (exchange === null || reader.progress() === "whole") return;
    const isUnanswered = reader.progress() === "waiting";
    if (isKept && isUnanswered && !exchange.isResent) {
      current = null;
      options.onLost(exchange);
    } else fail(problem ?? closedEarly(isUnanswered));
  });

  const connection: Connection = {
    send(exchange) {
      exchange.connection = connection;
      current = exchange;
      unpacker = null;
      isBodyOver = false;
      reader.begin();
      if (exchange.request !== null) socket.write(exchange.request);
    },
    abort(exchange) {
      if (current === exchange) leave(exchange, false);
    },
    isUsable: () => !socket.destroyed,
    destroy: () => socket.destroy(),
  };
  return connection;
}

function closedEarly(isUnanswered: boolean): AnswerFault {
  const words = isUnanswered
    ? "the server closed the connection before it answered"
    : "the connection was cut in the middle of the answer";
  return new AnswerFault(words, "ECONNRESET");
}
