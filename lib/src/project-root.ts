import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Finds the project's root: the nearest folder upwards that holds this project's own `package.json`.
 *
 * Falls back to the starting folder, so that the library also works outside a checkout.
 */
export function findProjectRoot(from: string = process.cwd()): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (packageName(folder) === "serving-workbook") return folder;
    if (dirname(folder) === folder) return from;
  }
}

function packageName(folder: string): unknown {
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return typeof parsed === "object" && parsed !== null && "name" in parsed ? parsed.name : undefined;
  } catch {
    return undefined;
  }
}
