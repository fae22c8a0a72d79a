import { homedir } from "node:os";
import { findProjectRoot } from "../project-root.ts";

/** Outputs are sent around: paths say where in the project or home, and not whose. */
export function shortenPaths(text: string): string {
  return text
    .replaceAll("file://", "")
    .replaceAll(`${findProjectRoot()}/`, "")
    .replaceAll(`${homedir()}/`, "~/");
}
