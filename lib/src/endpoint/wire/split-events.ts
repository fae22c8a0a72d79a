import { isAscii } from "node:buffer";

/** One event of a stream: the value of its `event` field, and of its `data` fields, a line each. */
export interface WireEvent {
  name: string | null;
  data: string;
}

/**
 * Splits the bytes of a stream into events, wherever the bytes are cut; throws nothing.
 *
 * It follows the standard (https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation), and
 * keeps what that throws away and servers report failures with: a field `error` (llama.cpp until September 2025) is an event
 * of that name, and an event `error` without data (NVIDIA Dynamo) has its comment as data. Lines that are no field are
 * handed over too: what fails after the head has gone out often writes its error as if it were the whole answer.
 */
export function splitEvents(options: {
  mostCharacters: number;
  onEvent: (event: WireEvent) => void;
  onComment: () => void;
  /** Lines that are no field of an event, up to an empty one. */
  onStray: (text: string) => void;
  /** An event is longer than `mostCharacters`; nothing follows. */
  onTooLong: () => void;
}): { feed: (bytes: Buffer) => void; end: () => void } {
  const { mostCharacters, onEvent, onComment, onStray, onTooLong } = options;
  // Most streams are of ASCII alone.
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  let isInCharacter = false;
  let isAtStart = true;
  let isTooLong = false;
  let endedInReturn = false;
  let rest: string[] = [];
  let data: string[] = [];
  let stray: string[] = [];
  let characters = 0;
  let name: string | null = null;
  let comment = "";

  const count = (more: number) => {
    characters += more;
    if (characters > mostCharacters && !isTooLong) {
      isTooLong = true;
      onTooLong();
    }
  };

  const dispatch = () => {
    if (data.length > 0) onEvent({ name, data: data.length === 1 ? (data[0] ?? "") : data.join("\n") });
    else if (name === "error") onEvent({ name, data: comment });
    if (stray.length > 0) onStray(stray.join("\n"));
    data = [];
    stray = [];
    name = null;
    comment = "";
    characters = 0;
  };

  const takeLine = (line: string) => {
    if (line === "") return dispatch();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "data") {
      data.push(value);
      count(value.length);
    } else if (field === "event") name = value === "" ? null : value;
    else if (field === "error") onEvent({ name: "error", data: value });
    else if (field === "") {
      comment = value;
      onComment();
    } else if (field !== "id" && field !== "retry") {
      stray.push(line);
      count(line.length);
    }
  };

  const takeText = (given: string) => {
    // A break of two characters may come in two reads.
    let text = endedInReturn && given.startsWith("\n") ? given.slice(1) : given;
    if (given !== "") endedInReturn = given.endsWith("\r");
    if (isAtStart && text !== "") {
      isAtStart = false;
      if (text.startsWith("\ufeff")) text = text.slice(1);
    }
    const lines = text.includes("\r") ? text.split(/\r\n|\r|\n/) : text.split("\n");
    const last = lines.pop() ?? "";
    for (const line of lines) {
      if (isTooLong) return;
      if (rest.length === 0) takeLine(line);
      else {
        rest.push(line);
        const whole = rest.join("");
        rest = [];
        characters -= whole.length - line.length;
        takeLine(whole);
      }
    }
    if (last === "" || isTooLong) return;
    rest.push(last);
    count(last.length);
  };

  const decode = (bytes: Buffer) => {
    if (!isInCharacter && isAscii(bytes)) return bytes.toString("latin1");
    isInCharacter = (bytes.at(-1) ?? 0) > 0x7f;
    decoder ??= new TextDecoder("utf-8", { ignoreBOM: true });
    return decoder.decode(bytes, { stream: true });
  };
  return {
    feed: (bytes) => takeText(decode(bytes)),
    // Many servers leave out the line breaks after the last event.
    end: () => takeText(`${decoder?.decode() ?? ""}\n\n`),
  };
}
