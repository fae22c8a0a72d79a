import { AsyncLocalStorage } from "node:async_hooks";
import { unmarkNames } from "../mark-name.ts";
import { createMessagePace, type DisplayMessage, type StreamName } from "./message-pace.ts";
import { createStreamWrite, type StreamWrite } from "./stream-write.ts";
import { createTextBound, type LeftOut } from "./text-bound.ts";

// Jupyter Server drops text beyond 1 MB a second, and Lab and a saved notebook stay quick with as much (10,000 lines of 100
// characters). Charts are larger, and each counts by itself.
const mostTextBytes = 1_000_000;
// A browser lays out every line: some hundred thousand of them stop it for minutes.
const mostLines = 25_000;
const endCharacters = 10_000;
const mostDisplays = 1_000;
const mostDisplayBytes = 20_000_000;

const streamNames = ["stdout", "stderr"] as const;

type WriteStream = (name: StreamName, text: string) => void;
type WriteDisplayData = (message: DisplayMessage, isUpdate: boolean) => void;

/** What this file uses of tslab's `JupyterHandlerImpl`, which calls `createWriteToIopub` for both streams at each cell. */
export interface OutputHandler {
  handleExecuteImpl(request: unknown, writeStream: WriteStream, display: WriteDisplayData): Promise<unknown>;
  createWriteToIopub(name: StreamName): StreamWrite["write"];
}

/**
 * Makes tslab send what a cell prints in few messages and within bounds.
 *
 * All is sent before the cell ends, with a line on what was left out. What its timers and promises write later still goes to
 * their own cell, also while another one runs.
 */
export function boundCellOutput(handler: { prototype: OutputHandler }): void {
  const { handleExecuteImpl } = handler.prototype;
  const outputs = new AsyncLocalStorage<ReturnType<typeof createCellOutput>>();
  handler.prototype.handleExecuteImpl = async function (request, writeStream, writeDisplayData) {
    const output = createCellOutput({ text: writeStream, display: writeDisplayData });
    // What belongs to no cell, such as a signal, is told in the one that runs.
    const find = () => outputs.getStore() ?? output;
    this.createWriteToIopub =
      (name) =>
      (...given) =>
        find().write[name](...given);
    const display: WriteDisplayData = (...given) => find().display(...given);
    try {
      return await outputs.run(output, () => handleExecuteImpl.call(this, request, writeStream, display));
    } finally {
      output.end();
    }
  };
}

function createCellOutput(send: { text: WriteStream; display: WriteDisplayData }) {
  const pace = createMessagePace(send);
  const bound = createTextBound<StreamName>({
    bytes: mostTextBytes,
    lines: mostLines,
    endCharacters,
  });
  const endsLine = { stdout: true, stderr: true };
  const displays = { sent: 0, sentBytes: 0, leftOut: 0 };
  let hasEnded = false;
  let hasToldLate = false;

  function print(name: StreamName, text: string): void {
    if (text === "") return;
    endsLine[name] = text.endsWith("\n");
    pace.text(name, text);
  }

  function printBounded(name: StreamName, text: string): void {
    print(name, bound.admit(name, text));
    if (hasEnded && !hasToldLate && bound.takeLeftOut(name) !== null) {
      hasToldLate = true;
      printRemark(name, "From here on the text of this cell is left out.");
    }
  }

  function printRemark(name: StreamName, remark: string): void {
    print(name, `${endsLine[name] ? "" : "\n"}[${remark}]\n`);
  }

  function printRest(name: StreamName): void {
    const leftOut = bound.takeLeftOut(name);
    if (leftOut === null) return;
    if (leftOut.bytes > 0) printRemark(name, `${describeText(leftOut)} The last of it:`);
    print(name, leftOut.end);
  }

  const createWrite = (name: StreamName) =>
    createStreamWrite((text) => printBounded(name, unmarkNames(text)));
  const streams = { stdout: createWrite("stdout"), stderr: createWrite("stderr") };

  return {
    write: { stdout: streams.stdout.write, stderr: streams.stderr.write },
    display(message: DisplayMessage, isUpdate: boolean): void {
      if (!isUpdate) {
        const bytes = JSON.stringify(message).length;
        if (displays.sent === mostDisplays || displays.sentBytes + bytes > mostDisplayBytes) {
          displays.leftOut++;
          return;
        }
        displays.sent++;
        displays.sentBytes += bytes;
      }
      pace.display(message, isUpdate);
    },
    end(): void {
      for (const name of streamNames) {
        streams[name].end();
        printRest(name);
      }
      if (displays.leftOut > 0) printRemark("stdout", describeDisplays(displays.leftOut));
      pace.flush();
      hasEnded = true;
    },
  };
}

function describeText({ bytes, lines }: LeftOut): string {
  const size = bytes < 100_000 ? `${format(bytes)} bytes` : `${(bytes / 1_000_000).toFixed(1)} MB`;
  const amount = lines === 0 ? `${size} of text` : `${size} of text (${format(lines)} lines)`;
  return `Left out here: ${amount}. A cell shows about 1 MB of text, and at most ${format(mostLines)} lines; write more than that to a file, with writeFileSync() of node:fs.`;
}

function describeDisplays(count: number): string {
  return `Left out here: ${format(count)} displays (tables, charts). A cell shows at most ${format(mostDisplays)} of them, and 20 MB; show fewer, or write them to files.`;
}

function format(count: number): string {
  return count.toLocaleString("en-US");
}
