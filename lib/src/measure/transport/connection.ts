import type { Socket } from "node:net";
import { AnswerFault } from "./answer-fault.ts";
import { createAnswerReader } from "./read-answer.ts";
import { createUnpacker, type Unpacker } from "./unpack-body.ts";

/** What happens to one request; `end`, `failed` or the caller's own abort comes once, then `closed`, and nothing after it. */
export interface ResponseHandlers {
  /** The head came; names of headers are in lower case. */
  head(status: number, headers: ReadonlyMap<string, string>): void;
  /** A part of the body lies there, during the call: to make a slice of it would cost as much as to find it. */
  bytes(bytes: Buffer, from: number, to: number): void;
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
  let problem: Error | null = null;
  let afterClose: (() => void) | null = null;

  const reader = createAnswerReader({
    head({ status, headers }) {
      const exchange = current;
      unpacker = createUnpacker(headers.get("content-encoding") ?? "", {
        bytes: (part) => exchange?.on.bytes(part, 0, part.length),
        end: () => finish(),
        failed: (error) => fail(error),
        drained: () => socket.resume(),
      });
      exchange?.on.head(status, headers);
    },
    bytes(bytes, from, to) {
      if (unpacker === null) current?.on.bytes(bytes, from, to);
      else if (!unpacker.write(bytes.subarray(from, to))) socket.pause();
    },
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
    if (unpacker === null) finish();
    else unpacker.end();
  };

  const take = (count: number) => {
    const exchange = current;
    // Nobody asked for anything, or for nothing more.
    if (exchange === null || reader.progress() === "whole") {
      hasSurplus = true;
      if (exchange === null) socket.destroy();
      return;
    }
    exchange.request = null;
    try {
      hasSurplus = reader.read(buffer, count) < count;
    } catch (error) {
      if (!(error instanceof AnswerFault)) throw error;
      fail(error);
    }
    if (current === exchange && reader.progress() === "whole") endBody();
  };

  const socket = openSocket({
    buffer,
    callback(count) {
      take(count);
      return true;
    },
  });
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
