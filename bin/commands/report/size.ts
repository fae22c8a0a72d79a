// A page must stay small enough to be sent by mail: what a cell has put out too much is cut or left out, and the page says so.

import type { Notebook, Output } from "./notebook.ts";

/** No page is larger. */
export const largestPageBytes = 2_000_000;

/** A cell that prints more than this is cut in its middle. */
const longestTextCharacters = 200_000;

/** The bytes that the outputs of a page may have: first what libraries, style and code leave, then less, since outputs grow. */
export const roomsForOutputs = [1_400_000, 700_000, 300_000];

/** Returns a notebook whose outputs fit: drawings are slimmed, long texts cut, and then the largest outputs left out. */
export function fitOutputs(notebook: Notebook, roomBytes: number): Notebook {
  const cells = notebook.cells.map((cell) => ({ ...cell, outputs: cell.outputs?.map(slim) }));
  const sizes = cells
    .flatMap(({ outputs = [] }) => outputs)
    .map((output) => ({ output, bytes: sizeOf(output) }))
    .sort((one, other) => other.bytes - one.bytes);
  let total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  const leftOut = new Map<Output, Output>();
  for (const { output, bytes } of sizes) {
    if (total <= roomBytes) break;
    leftOut.set(output, describeLeftOut(output, bytes));
    total -= bytes;
  }
  const fit = (output: Output) => leftOut.get(output) ?? output;
  return { ...notebook, cells: cells.map((cell) => ({ ...cell, outputs: cell.outputs?.map(fit) })) };
}

/** Takes out of a drawing what its page does not use: names of marks, which are in its description, its font, and third decimals. */
function slimDrawing(svg: string): string {
  return svg
    .replace(/ (?:aria-[a-z]+|pointer-events|font-family)="[^"]*"/g, "")
    .replace(/ (?:d|transform|x|y|[xy][12]|width|height)="[^"]*"/g, (attribute) =>
      attribute.replace(/(\.\d\d)\d+/g, "$1"),
    );
}

function slim(output: Output): Output {
  const svg = output.data?.["image/svg+xml"];
  if (typeof svg !== "string") return shortenText(output);
  return { ...output, data: { ...output.data, "image/svg+xml": slimDrawing(svg) } };
}

function shortenText(output: Output): Output {
  if (output.text === undefined || output.text.length <= longestTextCharacters) return output;
  const half = longestTextCharacters / 2;
  const leftOut = (output.text.length - 2 * half).toLocaleString("en-US");
  const text = `${output.text.slice(0, half)}\n[… ${leftOut} characters are left out here …]\n${output.text.slice(-half)}`;
  return { ...output, text };
}

/** What stands in the place of an output; of a chart or a table its description stays. */
function describeLeftOut({ data }: Output, bytes: number): Output {
  const description = data?.["image/svg+xml"] === undefined ? "" : `${data["text/plain"]}\n`;
  const megabytes = (bytes / 1_000_000).toFixed(1);
  const text = `${description}[Left out here: an output of ${megabytes} MB. A page has at most 2 MB; the executed notebook has it.]`;
  return { output_type: "stream", name: "stdout", text };
}

function sizeOf({ data, text }: Output): number {
  return Buffer.byteLength(JSON.stringify(data ?? text ?? ""));
}
