import { StringDecoder } from "node:string_decoder";

type Callback = (error: Error | null) => void;
type Chunk = string | NodeJS.ArrayBufferView;

/** A stream's `write` as Node documents it, and `end`, which gives out a character of which only a part came. */
export interface StreamWrite {
  write(chunk: Chunk, encoding?: BufferEncoding | Callback | null, callback?: Callback): boolean;
  end(): void;
}

/** Returns a `write` that prints text; bytes may be cut within a character. */
export function createStreamWrite(print: (text: string) => void): StreamWrite {
  const decoder = new StringDecoder("utf8");
  let last: { callback: Callback; calls: number } | null = null;

  // console.log passes one and the same callback each time: a loop of millions of lines keeps one entry, not millions.
  function callLater(callback: Callback): void {
    if (last?.callback === callback) {
      last.calls++;
      return;
    }
    const entry = { callback, calls: 1 };
    last = entry;
    process.nextTick(() => {
      if (last === entry) last = null;
      for (; entry.calls > 0; entry.calls--) callback(null);
    });
  }

  return {
    write(chunk, encoding, callback) {
      const done = typeof encoding === "function" ? encoding : callback;
      print(toText(chunk, { encoding: typeof encoding === "string" ? encoding : "utf8", decoder }));
      if (typeof done === "function") callLater(done);
      return true;
    },
    end: () => print(decoder.end()),
  };
}

function toText(chunk: Chunk, { encoding, decoder }: { encoding: string; decoder: StringDecoder }): string {
  if (ArrayBuffer.isView(chunk)) {
    return decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  }
  if (typeof chunk !== "string") {
    throw Object.assign(
      new TypeError(
        `write() takes a string, a Buffer, a TypedArray or a DataView, and got ${chunk === null ? "null" : typeof chunk}.`,
      ),
      { code: chunk === null ? "ERR_STREAM_NULL_VALUES" : "ERR_INVALID_ARG_TYPE" },
    );
  }
  if (!Buffer.isEncoding(encoding)) {
    throw Object.assign(new TypeError(`Unknown encoding: ${encoding}`), { code: "ERR_UNKNOWN_ENCODING" });
  }
  const isText = /^(?:utf-?8|utf-?16le|ucs-?2)$/i.test(encoding);
  // A half of a character would make a notebook that Jupyter cannot save.
  return isText ? decoder.end() + chunk.toWellFormed() : decoder.write(Buffer.from(chunk, encoding));
}
