import { mkdirSync } from "node:fs";
import { join } from "node:path";

/** Makes a folder that no other run has: where one of this name is there, a number is added to it. */
export function claimFolder(parent: string, name: string, { mode = 0o777 } = {}): string {
  mkdirSync(parent, { recursive: true, mode });
  for (let count = 1; ; count += 1) {
    const folder = join(parent, count === 1 ? name : `${name}-${count}`);
    try {
      mkdirSync(folder, { mode });
      return folder;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
  }
}
