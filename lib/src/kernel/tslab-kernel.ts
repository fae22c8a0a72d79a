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

interface KernelModule {
  lastWriteDisplayData: WriteDisplayData;
}

const kernelFile = /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/;

/**
 * Returns the display writer of the tslab kernel that this process is, or null outside a kernel.
 *
 * There can be several copies of tslab on a machine; the kernel's own is the one that has run a cell. tslab replaces
 * the writer at every cell, so it is looked up each time and never kept.
 */
export function findDisplayWriter(): WriteDisplayData | null {
  return findKernel()?.lastWriteDisplayData ?? null;
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
