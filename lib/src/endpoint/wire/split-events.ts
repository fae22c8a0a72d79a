import { isAscii } from "node:buffer";
import { createParser } from "eventsource-parser";

/** One event of a stream, or a line `error: …`, which llama.cpp sent until September 2025: its name is then `error` too. */
export interface WireEvent {
  name: string | null;
  data: string;
}

/**
 * Splits the bytes of a stream into events, wherever the bytes are cut; throws nothing.
 *
 * The parser gets whole lines only: of a line with another field than the standard's it throws the rest away where it comes
 * in two reads.
 */
export function splitEvents(options: {
  mostCharacters: number;
  onEvent: (event: WireEvent) => void;
  onComment: () => void;
  /** An event is longer than `mostCharacters`; nothing follows. */
  onTooLong: () => void;
}): { feed: (bytes: Buffer) => void; end: () => void } {
  const { mostCharacters, onEvent, onComment, onTooLong } = options;
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let isInCharacter = false;
  let isTooLong = false;
  let rest: string[] = [];
  let restCharacters = 0;
  const giveUp = () => {
    if (!isTooLong) onTooLong();
    isTooLong = true;
  };
  const parser = createParser({
    maxBufferSize: mostCharacters,
    onEvent: ({ event, data }) => onEvent({ name: event ?? null, data }),
    onComment,
    onError(error) {
      if (error.type === "max-buffer-size-exceeded") giveUp();
      else if (error.type === "unknown-field" && error.field === "error")
        onEvent({ name: "error", data: error.value ?? "" });
    },
  });
  const decode = (bytes: Buffer) => {
    if (!isInCharacter && isAscii(bytes)) return bytes.toString("latin1");
    isInCharacter = (bytes.at(-1) ?? 0) > 0x7f;
    return decoder.decode(bytes, { stream: true });
  };
  const feed = (text: string) => {
    if (isTooLong) return;
    const end = Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r")) + 1;
    if (end > 0) {
      const lines = text.slice(0, end);
      parser.feed(rest.length === 0 ? lines : rest.join("") + lines);
      rest = [];
      restCharacters = 0;
    }
    if (end === text.length) return;
    rest.push(end === 0 ? text : text.slice(end));
    restCharacters += text.length - end;
    if (restCharacters > mostCharacters) giveUp();
  };
  return {
    feed: (bytes) => feed(decode(bytes)),
    // Many servers leave out the line breaks after the last event.
    end: () => feed(`${decoder.decode()}\n\n`),
  };
}
