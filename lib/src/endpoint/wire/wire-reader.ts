import { longestEventCharacters } from "../../network/index.ts";
import { parseJson } from "../../words/index.ts";
import { endsEvent } from "./example-event.ts";
import { fieldOf, isFields } from "./fields.ts";
import { pings } from "./find-error.ts";
import { readChunk, renumber } from "./read-chunk.ts";
import { createRepeatedEvents, type RepeatedEvents } from "./repeated-events.ts";
import { splitEvents, type WireEvent } from "./split-events.ts";
import type { WireChunk, WireFailure } from "./wire-chunk.ts";

/** How an answer came out; `body` is what the server sent of the failure, as it is. */
export interface WireEnd {
  /** `null`: it came whole. */
  failure: WireFailure | null;
  body: unknown;
  /** Whether it came as one JSON object in place of a stream: then no time of a token is known. */
  isStream: boolean;
}

/** Reads one streamed answer; see {@link createWireReader}. */
export interface WireReader {
  /** Takes the next bytes, or a part of them, and does not keep them; what they say has been told when it returns. */
  feed(bytes: Buffer, from?: number, to?: number): void;
  /** Says how the answer came out; `isCut`: the connection broke before the body's end. */
  end(options: { isCut: boolean }): WireEnd;
  /** Whether nothing more will be read: `[DONE]` came, or an error. */
  isOver(): boolean;
  /** How many of the answers have come to a finish reason. */
  finishedChoices(): number;
}

/**
 * Creates the reader of one answer of status 200, whatever server sends it: bytes go in, typed chunks come out.
 *
 * It reads event streams, also under another content type, and one JSON object in place of a stream. It never throws: what
 * goes wrong is an `error` chunk and stands in {@link WireReader.end}.
 */
export function createWireReader(options: {
  contentType: string | null;
  mostEventCharacters?: number | undefined;
  /** Is told of each frame of a stream but comments, before what it says. */
  onFrame: () => void;
  onChunk: (chunk: WireChunk) => void;
  /** What is known of the server's events from other streams. */
  repeats?: RepeatedEvents;
}): WireReader {
  const {
    contentType,
    mostEventCharacters: mostCharacters = longestEventCharacters,
    onFrame,
    onChunk,
    repeats = createRepeatedEvents(),
  } = options;
  let form: "unknown" | "stream" | "json" = "unknown";
  let failed: WireEnd | null = null;
  let isDone = false;
  let isAtEnd = false;
  let hasFrames = false;
  let hasChunks = false;
  let hasDeltas = false;
  let firstChoice: unknown;
  let hasAnswer = false;
  let hasCounts = false;
  let lastFinish = "";
  let lastIgnored = "";
  let beginning = "";
  let body: Buffer[] = [];
  let bodyBytes = 0;
  let isBetweenEvents = true;
  const unfinished = new Set<number>();
  const finished = new Set<number>();
  let latest: number | null = null;

  const fail = (failure: WireFailure, said: unknown) => {
    if (failed !== null || isDone) return;
    failed = { failure, body: said, isStream: form !== "json" };
    onChunk({ type: "error", failure, body: said });
  };

  const take = (chunk: WireChunk) => {
    switch (chunk.type) {
      case "error":
        return fail(chunk.failure, chunk.body);
      case "usage":
        // Gateways send zeros after the counts.
        if (chunk.usage.completion_tokens === 0 && hasCounts) return;
        hasCounts = chunk.usage.completion_tokens > 0;
        break;
      case "finish":
        unfinished.delete(chunk.choice);
        finished.add(chunk.choice);
        latest = null;
        lastFinish = chunk.finishReason;
        break;
      case "ignored":
        lastIgnored = chunk.data;
        break;
      default:
        hasAnswer = true;
        // The sets are asked only where another answer goes on than before.
        if (chunk.choice === latest || finished.has(chunk.choice)) break;
        latest = chunk.choice;
        unfinished.add(latest);
    }
    onChunk(chunk);
  };

  const takeChunks = (chunks: readonly WireChunk[], index: unknown) => {
    firstChoice ??= index;
    const isFirst = firstChoice === undefined || firstChoice === 0;
    for (const chunk of chunks) if (failed === null) take(isFirst ? chunk : renumber(chunk, firstChoice));
  };

  const takeJson = (value: unknown): boolean => {
    let isChunk = false;
    const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const part of parts) {
      const choice = firstOf(fieldOf(part, "choices"));
      hasDeltas ||= isFields(fieldOf(choice, "delta"));
      const chunks = readChunk(part, { hasDeltas });
      isChunk ||= chunks !== null;
      takeChunks(chunks ?? [], fieldOf(choice, "index"));
    }
    hasChunks ||= isChunk;
    return isChunk;
  };

  const takeEvent = ({ name, data }: WireEvent) => {
    if (isDone || failed !== null) return;
    hasFrames = true;
    onFrame();
    if (name !== null && pings.has(name)) return;
    // Proxies that write a stream anew have put the field's name there twice.
    const text = data.trim().replace(/^data:\s*/, "");
    if (/^"?\[DONE\]"?$/i.test(text)) {
      isDone = true;
      return;
    }
    const value = parseJson(text);
    if (name === "error") return fail("error-in-stream", value ?? text);
    if (value === undefined && /^[{<]/.test(text)) {
      // The last event of a stream that broke off is no other server's form.
      if (!isAtEnd) fail("unreadable", text);
      return;
    }
    if (takeJson(value)) return;
    if (/^error\b/i.test(text)) fail("error-in-stream", text);
    else take({ type: "ignored", data: text });
  };

  const events = splitEvents({
    mostCharacters,
    onEvent: takeEvent,
    onComment() {
      hasFrames = true;
    },
    onTooLong: () => fail("too-long", ""),
  });

  /** Reads what is like other events by comparison, and from the first that is not, everything as it comes. */
  const feedStream = (bytes: Buffer, from: number, to: number) => {
    const isBegun = isBetweenEvents && hasDeltas && to - from <= mostCharacters;
    let at = from;
    for (
      let event = isBegun ? repeats.read(bytes, at, to) : null;
      event;
      event = repeats.read(bytes, at, to)
    ) {
      at = event.end;
      onFrame();
      takeChunks(event.chunks, event.index);
    }
    if (at === to) return;
    const rest = bytes.subarray(at, to);
    events.feed(rest);
    const endsWhole = endsEvent(bytes.subarray(from, to));
    if (isBetweenEvents && endsWhole) repeats.learn(rest);
    isBetweenEvents = endsWhole;
  };

  /** The first letter, behind blanks and a byte order mark, tells JSON from a stream, whatever the server calls it. */
  const sniff = (bytes: Buffer) => {
    const text = bytes.toString("latin1", 0, longestBeginning - beginning.length);
    beginning += text;
    const [first] = /[^\s\xef\xbb\xbf]/.exec(text) ?? [];
    if (form === "unknown" && first !== undefined) form = first === "{" || first === "[" ? "json" : "stream";
  };

  const feed = (bytes: Buffer, from = 0, to = bytes.length) => {
    if (failed !== null || isDone || from === to) return;
    if (beginning.length < longestBeginning && !hasChunks) sniff(bytes.subarray(from, to));
    if (form !== "json") return feedStream(bytes, from, to);
    bodyBytes += to - from;
    if (bodyBytes > mostCharacters) fail("too-long", "");
    else body.push(Buffer.from(bytes.subarray(from, to)));
  };

  const readBody = (isCut: boolean) => {
    const text = Buffer.concat(body).toString("utf8");
    body = [];
    onFrame();
    const value = parseJson(text.trim());
    if (value !== undefined && takeJson(value) && (hasAnswer || finished.size > 0)) isDone = true;
    else if (isCut) fail("cut-off", "");
    else fail("unreadable", text);
  };

  const judge = (): WireEnd => {
    const ended = (failure: WireFailure | null, said: unknown) => ({
      failure,
      body: said,
      isStream: form !== "json",
    });
    const isWhole = isDone || (finished.size > 0 && unfinished.size === 0);
    if (isWhole)
      return ended(
        hasAnswer ? null : "empty",
        lastFinish === "" ? lastIgnored : `finish reason ${lastFinish}`,
      );
    const isLabelled = contentType?.includes("event-stream") ?? false;
    if (!hasChunks && !(isLabelled && (hasFrames || beginning.trim() === "")))
      return ended("unreadable", Buffer.from(beginning, "latin1").toString("utf8"));
    return ended("cut-off", lastIgnored);
  };

  return {
    feed,
    end({ isCut }) {
      isAtEnd = true;
      if (failed === null && !isDone) {
        if (form === "json") readBody(isCut);
        else events.end();
      }
      return failed ?? judge();
    },
    isOver: () => isDone || failed !== null,
    finishedChoices: () => finished.size,
  };
}

/** Of what is no stream the beginning is kept, to be shown. */
const longestBeginning = 2_000;

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined;
}
