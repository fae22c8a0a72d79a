import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const contentSchema = z.record(z.string(), z.unknown());

const eventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("kernel"), pid: z.int(), readyMs: z.number() }),
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
  z.object({ type: z.literal("answer"), question: z.int(), atMs: z.number(), content: contentSchema }),
  z.object({ type: z.literal("interrupt"), cell: z.int(), atMs: z.number() }),
  z.object({
    type: z.literal("end"),
    cell: z.int(),
    atMs: z.number(),
    status: z.enum(["ok", "error", "abort", "timeout"]),
    idleAtMs: z.number().nullable(),
  }),
  z.object({ type: z.literal("done") }),
  z.object({ type: z.literal("closed") }),
]);

/** What the kernel sent, or what was done to it, in the order in which it happened. */
export type KernelEvent = z.output<typeof eventSchema>;

/** Which kernel to start. */
export interface KernelOptions {
  /** The kernel's working folder; default is the project's `notebooks`. */
  folder?: string;
  /** Variables that the kernel gets beside the inherited ones. */
  environment?: Readonly<Record<string, string>>;
}

/** Cells to run. */
export type Cells = readonly {
  code: string;
  /** Counted from the cell's first output. */
  interruptAfterMs?: number;
  /** Asked at the cell's first output. */
  questions?: readonly Question[];
  /** Whether an error keeps cells that follow at once from running; default true. */
  stopOnError?: boolean;
}[];

/** What an editor asks a kernel: how a word could go on, or what stands at a place. */
export interface Question {
  what: "complete" | "inspect";
  code: string;
  /** Counts characters. */
  cursor: number;
  /** 1 asks for more than 0, which is the default. */
  detail?: number;
}

/** A kernel with a Jupyter around it. */
export interface Kernel {
  /**
   * Runs cells and resolves with all that happened meanwhile; the cells of each call count from 0.
   *
   * `onEvent` hears everything as it happens and gets the process id of the Jupyter side, the kernel's parent.
   */
  run(cells: Cells, onEvent?: (event: KernelEvent, jupyterPid: number) => void): Promise<KernelEvent[]>;
  /** Resolves with the kernel's answers, in the order of the questions. */
  ask(questions: readonly Question[]): Promise<Extract<KernelEvent, { type: "answer" }>[]>;
  /** Resolves when the kernel has shut down. */
  close(): Promise<void>;
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

/** Starts a real kernel, to which cells go through Jupyter's own protocol. */
export function startKernel(options: KernelOptions = {}): Kernel {
  const inProject = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const child = spawn(inProject(".venv/bin/python"), [inProject("test/jupyter/run-cells.py")], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  // A Jupyter that was killed reads no more.
  child.stdin.on("error", () => {});
  const closed = once(child, "close");
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const send = (order: unknown) => child.stdin.write(`${JSON.stringify(order)}\n`);
  send({ folder: inProject("notebooks"), ...options });
  const waitForEnd = async () => {
    const [exitCode] = await closed;
    if (exitCode === 1) throw new Error(`run-cells.py failed:\n${complaints}`);
  };
  const listen = async (onEvent: Parameters<Kernel["run"]>[1] = () => {}) => {
    const events: KernelEvent[] = [];
    for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
      const event = eventSchema.parse(JSON.parse(line.value));
      if (event.type === "done") return events;
      events.push(event);
      onEvent(event, child.pid ?? 0);
    }
    await waitForEnd();
    return events;
  };
  return {
    run(cells, onEvent) {
      send({ cells });
      return listen(onEvent);
    },
    async ask(questions) {
      send({ questions });
      return (await listen()).flatMap((event) => (event.type === "answer" ? [event] : []));
    },
    async close() {
      child.stdin.end();
      await waitForEnd();
    },
  };
}

/** Runs cells in a kernel of their own, as {@link Kernel.run} does. */
export async function runCells(
  { cells, ...options }: KernelOptions & { cells: Cells },
  onEvent?: (event: KernelEvent, jupyterPid: number) => void,
): Promise<KernelEvent[]> {
  const kernel = startKernel(options);
  const events = await kernel.run(cells, onEvent);
  await kernel.close();
  return events;
}
