import { longestEventCharacters } from "../../network/index.ts";
import { parseJson } from "../../words/index.ts";
import { type ComparedEvent, endsEvent } from "./example-event.ts";
import { fieldOf, isFields } from "./fields.ts";
import { failureNames, pings } from "./find-error.ts";
import { followAnswer } from "./follow-answer.ts";
import { numberChoices, renumber } from "./number-choices.ts";
import { readChunk } from "./read-chunk.ts";
import { createRepeatedEvents, type RepeatedEvents } from "./repeated-events.ts";
import { splitEvents, type WireEvent } from "./split-events.ts";
import type { WireChunk, WireEnd, WireFailure } from "./wire-chunk.ts";

/** Reads one streamed answer; see {@link createWireReader}. */
export interface WireReader {
  /** Takes the next bytes, or a part of them, and does not keep them; what they say has been told when it returns. */
  feed(bytes: Buffer, from?: number, to?: number): void;
  /** Says how the answer came out; `isCut`: the connection broke before the body's end. */
  end(options: { isCut: boolean }): WireEnd;
  /** Whether nothing more will be read: `[DONE]` came, or an error. */
  isOver(): boolean;
  /** How many of the answers have come to a finish reason; none where text has followed one. */
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
  /** How many answers were asked for; default: one. */
  choices?: number;
  mostEventCharacters?: number | undefined;
  /** Is told of each frame of a stream but comments, before what it says. */
  onFrame: () => void;
  onChunk: (chunk: WireChunk) => void;
  /** What is known of the server's events from other streams. */
  repeats?: RepeatedEvents;
}): WireReader {
  const {
    contentType,
    choices: askedFor = 1,
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
  const answer = followAnswer();
  const firstNumber = numberChoices(askedFor);
  let hasCounts = false;
  let lastIgnored = "";
  let beginning = "";
  let body: Buffer[] = [];
  let bodyBytes = 0;
  let isBetweenEvents = true;
  // The number of the answer, as the server writes it and as it is told, while one event after the other has it.
  let lastIndex: unknown;
  let steadyIndex: unknown = null;
  let steadyChoice: number | null = null;

  const fail = (failure: WireFailure, said: unknown) => {
    if (failed !== null || isDone) return;
    failed = { failure, body: said, isStream: form !== "json" };
    onChunk({ type: "error", failure, body: said });
  };

  const take = (chunk: WireChunk) => {
    if (chunk.type === "error") return fail(chunk.failure, chunk.body);
    if (chunk.type === "usage") {
      // Gateways send zeros after the counts.
      if (chunk.usage.completion_tokens === 0 && hasCounts) return;
      hasCounts = chunk.usage.completion_tokens > 0;
    } else if (chunk.type === "ignored") lastIgnored = chunk.data;
    else {
      answer.add(chunk);
      steadyChoice = chunk.type === "finish" ? null : chunk.choice;
    }
    onChunk(chunk);
  };

  const takeChunks = (chunks: readonly WireChunk[], index: unknown, isOnly: boolean) => {
    const first = firstNumber(index, isOnly);
    const isFirst = first === undefined || first === 0;
    steadyIndex = isFirst && isOnly && index === lastIndex ? index : null;
    lastIndex = index;
    for (const chunk of chunks) if (failed === null) take(isFirst ? chunk : renumber(chunk, first));
  };

  /** Whether the answer only goes on: then nothing here changes, and most of it is not touched. */
  const changesNothing = ({ index, choice, counts }: ComparedEvent) =>
    index === steadyIndex && choice === steadyChoice && (counts === null || (hasCounts && counts > 0));

  const takeJson = (value: unknown, isAside = false): boolean => {
    let isChunk = false;
    const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const part of parts) {
      const choices = listOf(fieldOf(part, "choices"));
      const [choice] = choices;
      hasDeltas ||= isFields(fieldOf(choice, "delta"));
      const chunks = readChunk(part, { hasDeltas, isAside });
      isChunk ||= chunks !== null;
      takeChunks(chunks ?? [], fieldOf(choice, "index"), choices.length === 1);
    }
    hasChunks ||= isChunk;
    return isChunk;
  };

  const takeEvent = ({ name, data }: WireEvent) => {
    if (isDone || failed !== null) return;
    hasFrames = true;
    onFrame();
    if (name !== null && pings.has(name)) return;
    takeData(data, { name });
  };

  const takeData = (
    data: string,
    { name = null, isStray = false }: { name?: string | null; isStray?: boolean },
  ) => {
    if (isDone || failed !== null) return;
    // Proxies that write a stream anew have put the field's name there twice.
    const text = data.trim().replace(/^data:\s*/, "");
    isDone = /^"?\[DONE\]"?$/i.test(text);
    if (isDone) return;
    const value = parseJson(text);
    if (name !== null && failureNames.test(name)) return fail("error-in-stream", value ?? text);
    if (value === undefined) {
      // Some servers leave out the empty line between two events; the second may be the error that broke the first.
      const lines = text.split("\n");
      const areChunks = lines.map((line) => isFields(parseJson(line)));
      if (areChunks.includes(true)) {
        for (const [at, line] of lines.entries()) if (areChunks[at]) takeData(line, { name });
        for (const [at, line] of lines.entries()) if (!areChunks[at]) takeData(line, { name });
        return;
      }
      // The last event of a stream that broke off is no other server's form.
      if (/^[{<]/.test(text) && !isStray) return isAtEnd ? undefined : fail("unreadable", text);
    }
    if (takeJson(value, name !== null && name !== "message")) return;
    if (/^["'[(]*error\b/i.test(text)) fail("error-in-stream", text);
    else take({ type: "ignored", data: text });
  };

  const events = splitEvents({
    mostCharacters,
    onEvent: takeEvent,
    onComment() {
      hasFrames = true;
    },
    onStray: (text) => takeData(text, { isStray: true }),
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
      if (changesNothing(event)) for (const chunk of event.chunks) onChunk(chunk);
      else takeChunks(event.chunks, event.index, true);
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
    // One chunk of a stream is no whole completion, and has an end only where it says so.
    if (value !== undefined && takeJson(value) && answer.hasAnswer() && hasDeltas) return;
    if (answer.hasAnswer() || answer.finishedChoices() > 0) isDone = true;
    else if (isCut) fail("cut-off", "");
    else fail("unreadable", text);
  };

  const judge = (isCut: boolean): WireEnd => {
    const ended = (failure: WireFailure | null, said: unknown) => ({
      failure,
      body: said,
      isStream: form !== "json",
    });
    if (isDone || answer.hasFinished(isCut)) {
      const words = answer.lastFinish() === "" ? lastIgnored : `finish reason ${answer.lastFinish()}`;
      return ended(answer.hasAnswer() ? null : "empty", words);
    }
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
      return failed ?? judge(isCut);
    },
    isOver: () => isDone || failed !== null,
    finishedChoices: () => answer.finishedChoices(),
  };
}

/** Of what is no stream the beginning is kept, to be shown. */
const longestBeginning = 2_000;

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
