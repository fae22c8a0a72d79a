import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const contentSchema = z.record(z.string(), z.unknown());

const eventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("kernel"), pid: z.int() }),
  z.object({
    type: z.literal("message"),
    cell: z.int(),
    atMs: z.number(),
    messageType: z.string(),
    content: contentSchema,
  }),
  z.object({
    type: z.literal("late"),
    atMs: z.number(),
    messageType: z.string(),
    content: contentSchema,
    parentCell: z.int().nullable(),
  }),
  z.object({ type: z.literal("interrupt"), cell: z.int(), atMs: z.number() }),
  z.object({
    type: z.literal("end"),
    cell: z.int(),
    atMs: z.number(),
    status: z.enum(["ok", "error", "abort", "timeout"]),
    idleAtMs: z.number().nullable(),
  }),
  z.object({ type: z.literal("closed") }),
]);

/** What the kernel sent, or what was done to it, in the order in which it happened. */
export type KernelEvent = z.output<typeof eventSchema>;

/** The cells to run, and how. */
export interface CellOrder {
  cells: readonly { code: string /** Counted from the cell's first output. */; interruptAfterMs?: number }[];
  /** The kernel's working folder; default is the project's `notebooks`. */
  folder?: string;
  /** Variables that the kernel gets beside the inherited ones. */
  environment?: Readonly<Record<string, string>>;
  /** For each cell; default 120. */
  timeoutSeconds?: number;
  /** The name of the kernel spec; default `tslab`. */
  kernel?: string;
}

/** What one cell wrote to a stream, as one text. */
export function streamText(
  events: readonly KernelEvent[],
  options: { cell: number; name?: "stdout" | "stderr" },
): string {
  const { cell, name = "stdout" } = options;
  return events
    .flatMap((event) => (event.type === "message" && event.cell === cell ? [event] : []))
    .filter(({ messageType, content }) => messageType === "stream" && content["name"] === name)
    .map(({ content }) => String(content["text"]))
    .join("");
}

/**
 * Runs cells in a real kernel through Jupyter's own protocol and resolves with all that happened.
 *
 * `onEvent` hears everything as it happens and gets the process id of the Jupyter side, the kernel's parent.
 */
export async function runCells(
  order: CellOrder,
  onEvent: (event: KernelEvent, jupyterPid: number) => void = () => {},
): Promise<KernelEvent[]> {
  const inProject = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const child = spawn(inProject(".venv/bin/python"), [inProject("test/jupyter/run-cells.py")], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  child.stdin.end(JSON.stringify({ folder: inProject("notebooks"), ...order }));
  const events: KernelEvent[] = [];
  const closed = once(child, "close");
  for await (const line of createInterface(child.stdout)) {
    const event = eventSchema.parse(JSON.parse(line));
    events.push(event);
    onEvent(event, child.pid ?? 0);
  }
  const [exitCode] = await closed;
  if (exitCode === 1) throw new Error(`run-cells.py failed:\n${complaints}`);
  return events;
}
