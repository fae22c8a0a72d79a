import type { Transform } from "node:stream";
import * as zlib from "node:zlib";
import { cleanName } from "../../words/index.ts";
import { AnswerFault } from "./answer-fault.ts";

/** Unpacks the body of one answer; we ask for a plain one, but some proxies pack it all the same. */
export interface Unpacker {
  /** Takes a part, which it copies; returns `false` where it wants no more before it calls `drained`. */
  write(part: Buffer): boolean;
  end(): void;
  /** Nothing comes out of it any more. */
  stop(): void;
}

/** What servers write where nothing is packed; `none` keeps proxies from packing a stream. */
const plain = new Set(["", "identity", "none", "utf-8", "utf8"]);

const packings: Readonly<Record<string, (firstByte: number) => Transform>> = {
  gzip: () => zlib.createGunzip(),
  "x-gzip": () => zlib.createGunzip(),
  // HTTP's deflate has a head of zlib's, but some servers leave it out.
  deflate: (firstByte) => ((firstByte & 15) === 8 ? zlib.createInflate() : zlib.createInflateRaw()),
  br: () => zlib.createBrotliDecompress(),
  zstd: () => zlib.createZstdDecompress(),
};

/**
 * Creates what unpacks a body of this content encoding; `null` where it is not packed.
 *
 * @throws AnswerFault where nobody here can unpack it.
 */
export function createUnpacker(
  encoding: string,
  to: { bytes(part: Buffer): void; end(): void; failed(error: Error): void; drained(): void },
): Unpacker | null {
  const name = encoding.trim().toLowerCase();
  if (plain.has(name)) return null;
  const create = packings[name];
  if (create === undefined) {
    throw new AnswerFault(`the answer is packed as ${cleanName(name, 60)}, which is not known here`);
  }
  let stream: Transform | null = null;
  return {
    write(part) {
      stream ??= create(part[0] ?? 0)
        .on("data", to.bytes)
        .on("end", to.end)
        .on("error", to.failed)
        .on("drain", to.drained);
      return stream.write(Buffer.from(part));
    },
    end() {
      if (stream === null) to.end();
      else stream.end();
    },
    stop() {
      stream?.removeAllListeners("data").removeAllListeners("end").destroy();
    },
  };
}
