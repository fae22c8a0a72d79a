import { createRequire } from "node:module";

/** Sends one display message for the cell that runs now; tslab wants all three fields. */
type WriteDisplayData = (
  message: {
    data: Readonly<Record<string, unknown>>;
    metadata: Readonly<Record<string, unknown>>;
    transient: { display_id?: string };
  },
  isUpdate: boolean,
) => void;

type PublishStatus = (this: { iopub?: { sendTimeout?: number } }, ...parameters: unknown[]) => unknown;

interface KernelModule {
  lastWriteDisplayData: WriteDisplayData;
  ZmqServer?: { prototype: { publishStatus: PublishStatus } };
}

const kernelFile = /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/;
const patched = Symbol.for("workbook.patientPublisher");

/**
 * Returns the display writer of the tslab kernel that this process is, or null outside a kernel.
 *
 * There can be several copies of tslab on a machine; the kernel's own is the one that has run a cell. tslab replaces
 * the writer at every cell, so it is looked up each time and never kept.
 */
export function findDisplayWriter(): WriteDisplayData | null {
  return findKernel()?.lastWriteDisplayData ?? null;
}

/**
 * Keeps a stock tslab from losing messages; does nothing outside a kernel and nothing twice.
 *
 * Of a kernel's messages every 512th goes out late, and one that follows before it is out is dropped in silence. With a send
 * timeout of 0 none is late. The project's own kernel launcher sets it from the start; this is for a kernel that was
 * started without it.
 */
export function keepKernelMessages(): void {
  const prototype = findKernel()?.ZmqServer?.prototype;
  if (prototype === undefined || patched in prototype) return;
  const publishStatus = prototype.publishStatus;
  prototype.publishStatus = function (...parameters) {
    if (this.iopub !== undefined) this.iopub.sendTimeout = 0;
    return publishStatus.apply(this, parameters);
  };
  Object.defineProperty(prototype, patched, { value: true });
}

function findKernel(): KernelModule | null {
  for (const [file, loaded] of Object.entries(createRequire(import.meta.url).cache)) {
    const exports: unknown = kernelFile.test(file) ? loaded?.exports : undefined;
    if (isRunningKernel(exports)) return exports;
  }
  return null;
}

function isRunningKernel(exports: unknown): exports is KernelModule {
  return (
    typeof exports === "object" &&
    exports !== null &&
    "lastWriteDisplayData" in exports &&
    typeof exports.lastWriteDisplayData === "function"
  );
}
