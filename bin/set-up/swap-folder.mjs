import { renameSync, rmSync } from "node:fs";

/**
 * Puts a folder in the place of another at once: kernels that run meanwhile read packages and types from the old or from
 * the new one, and never from half of one.
 * @param {{ built: string, place: string }} folders `built` lies on the same disk
 */
export function swapFolder({ built, place }) {
  const old = `${built}.old`;
  rmSync(old, { recursive: true, force: true });
  try {
    renameSync(place, old);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
  renameSync(built, place);
  rmSync(old, { recursive: true, force: true });
}
