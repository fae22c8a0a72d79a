import { homedir } from "node:os";
import { pathToFileURL } from "node:url";
import { findProjectRoot } from "../project-root.ts";

/** Outputs are sent around: paths and file addresses say where in the project or home, and not whose. */
export function shortenPaths(text: string): string {
  const cut = (words: string, folder: string, short: string) =>
    words.replaceAll(pathToFileURL(`${folder}/`).href, short).replaceAll(`${folder}/`, short);
  return cut(cut(text, findProjectRoot(), ""), homedir(), "~/").replaceAll("file://", "");
}
