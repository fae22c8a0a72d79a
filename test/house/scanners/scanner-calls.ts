import { mock } from "node:test";
import { createHostHider } from "../../../bin/commands/report/hosts.ts";
import { createHider } from "../../../bin/commands/report/privacy.ts";
import { mapTexts } from "../../../bin/commands/report/texts.ts";
import { createChatRecorder } from "../../../lib/src/endpoint/chat-result.ts";
import { createChatPage } from "../../../lib/src/endpoint/print-chat.ts";
import { fieldOf } from "../../../lib/src/endpoint/wire/fields.ts";
import { createWireReader } from "../../../lib/src/endpoint/wire/index.ts";
import { readChunk } from "../../../lib/src/endpoint/wire/read-chunk.ts";
import { splitEvents } from "../../../lib/src/endpoint/wire/split-events.ts";
import { findError } from "../../../lib/src/facts/index.ts";
import { createAnswerReader } from "../../../lib/src/measure/transport/read-answer.ts";
import { longestEventCharacters } from "../../../lib/src/network/index.ts";
import { refusalError } from "../../../lib/src/runpod/client/refusal-error.ts";
import { createProgress, createTextPrinter, show, tableBundle } from "../../../lib/src/show/index.ts";
import { createReasoningSplitter } from "../../../rehearsal/src/model-server/split-reasoning.ts";
import { createStopScanner } from "../../../rehearsal/src/model-server/stop-strings.ts";
import { readContainerCommand } from "../../../rehearsal/src/runpod/account/container-command.ts";

/** What functions are given beside the text, by the names of their parameters. */
export const others: Readonly<Record<string, unknown>> = {
  access: null,
  adapters: [{ name: "tuned", path: "owner/tuned" }],
  atMs: 0,
  bind: { name: "x", max: 1, step: 1 },
  caller: "test",
  change: (text: string) => text,
  characters: "./",
  column: { name: "waitMs", decimals: 2 },
  contentType: "application/json",
  decimals: 2,
  gpus: [{ name: "A40" }],
  headPattern: /^id$/,
  keyName: "OPENAI_API_KEY",
  "{ observed, sources }": { observed: "2026-01-01", sources: [] },
  knownSecrets: ["canary-secret-0001"],
  last: "5",
  most: 20,
  mostCharacters: 20,
  name: "waitMs",
  names: ["meta-llama/Llama-3.1-8B-Instruct"],
  notebooksHref: "notebooks",
  operation: "terminatePod",
  place: { file: "trace.csv", row: { kind: "cells", number: 2, fields: {} }, path: ["timestamp"] },
  question: { check: "exact", expected: "x", caseSensitive: false },
  said: { problem: "is no time", remedy: "Give a time." },
  salt: "salt",
  second: "0.1.2",
  sources: [],
  style: { align: "left" },
  to: { bytes() {}, end() {}, failed() {}, drained() {} },
  unit: "calendar",
  value: 1,
  values: ["published"],
};

const surroundings = {
  projectFolder: "/canary/project",
  homeFolder: "/canary/home",
  stateFolder: "/canary/state",
  userName: "canary",
  knownHosts: ["canary-host.example.org"],
  knownIds: ["canarypod123"],
};

/** How what takes a text piece by piece is given one; and what takes it elsewhere than first. */
export const calls: Readonly<Record<string, (text: string, pieces: readonly string[]) => unknown>> = {
  createChatPage: (_, pieces) => {
    const page = createChatPage(() => {});
    for (const piece of pieces) page.addThought(piece);
    for (const piece of pieces) page.addText(piece);
    page.end();
  },
  createAnswerReader: (_, pieces) => {
    const heads = ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"];
    const inChunks = pieces.map((piece) => `${piece.length.toString(16)};x\r\n${piece}\r\n`);
    const answers = [...heads.map((head) => [head, ...pieces]), [heads[2] ?? "", ...inChunks]];
    for (const parts of answers) readAnswer(parts);
  },
  createHider: (text) => createHider({ surroundings, shown: text, ownText: text }).inOutputs(text),
  createHostHider: (text) =>
    createHostHider({ knownHosts: surroundings.knownHosts, shown: text, ownText: text }).inOutputs(text),
  createLadderProgress: () => "its texts are the workbook's own",
  createReplayProgress: () => "its texts are the workbook's own",
  createProgress: (text) => {
    const output = { isTTY: false, write: () => {} };
    const progress = createProgress({ label: text, output, display: null });
    progress.update(1, text);
    progress.done(text);
  },
  createStopScanner: (_, pieces) => {
    const scanner = createStopScanner(["<|eot_id|>", "aaaaab"]);
    for (const piece of pieces) scanner.push(piece);
    return scanner.rest();
  },
  createTextPrinter: (_, pieces) => {
    const printer = createTextPrinter({ write: () => {} });
    for (const piece of pieces) {
      printer.print(piece);
      printer.flush();
    }
  },
  inspectShort: () => "Node's inspect reads the text, and one pattern what it makes of it",
  show: (text) => {
    const write = mock.method(process.stdout, "write", () => true);
    show(text);
    write.mock.restore();
  },
  "a recorder of a chat": (_, pieces) => {
    const recorder = createChatRecorder({ hasStop: false });
    for (const text of pieces) recorder.add({ type: "text", text, atMs: 0 });
    return recorder.result();
  },
  "a splitter of thoughts": (_, pieces) => {
    const splitter = createReasoningSplitter({ reasoningField: "reasoning", isThinking: true });
    for (const piece of pieces) splitter.push(piece);
  },
  createWireReader: (_, pieces) => {
    for (const before of ["data: ", "", 'data: {"choices":[{"delta":{"content":"']) {
      const reader = createWireReader({ contentType: null, onFrame: () => {}, onChunk: () => {} });
      reader.feed(Buffer.from(before));
      for (const piece of pieces) reader.feed(Buffer.from(piece));
      reader.end({ isCut: false });
    }
  },
  splitEvents: (_, pieces) => {
    const nothing = () => {};
    const told = { onEvent: nothing, onComment: nothing, onStray: nothing, onTooLong: nothing };
    const events = splitEvents({ mostCharacters: longestEventCharacters, ...told });
    for (const piece of pieces) events.feed(Buffer.from(piece));
    events.end();
  },
  readChunk: (text) =>
    readChunk({ choices: [{ delta: { content: text } }], error: text }, { hasDeltas: false, isAside: false }),
  fieldOf: (text) => fieldOf({ [text]: text }, text),
  listApiWays: () => "it compares the name of a model with those of the price book",
  "known errors": (text) => [findError({ text }), findError({ text, status: 400 })],
  "an answer of Runpod's API that is no success": (body) =>
    refusalError({
      call: "GET /pods",
      status: 400,
      headers: new Headers(),
      body,
      secrets: ["canary-secret-0001"],
    }),
  "a table in a cell": (text) => tableBundle([{ name: text, other: text }], { caption: text }),
  "texts in an output": (text) => mapTexts({ outputs: [text.split("\n")] }, (one) => one),
  "a pod's command": (args) => readContainerCommand({ args, entrypoint: null, cmd: null, env: {} }),
};

/** Reads an answer of HTTP from its pieces, as far as it is one. */
function readAnswer(pieces: readonly string[]): void {
  const reader = createAnswerReader(() => () => {});
  reader.begin();
  try {
    for (const piece of pieces) reader.read(Buffer.from(piece, "latin1"), piece.length);
  } catch (error) {
    if (!(error instanceof Error && error.name === "AnswerFault")) throw error;
  }
}
