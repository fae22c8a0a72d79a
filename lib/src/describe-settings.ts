import { relative } from "node:path";
import type { Settings } from "./settings.ts";
import { alignColumns } from "./words/index.ts";

/** Writes the settings for people, one a line: of keys only whether they are there. */
export function describeSettings(settings: Settings): string {
  const { target, maxUsdPerHour, maxUsd, model, projectRoot, stateFolder } = settings;
  const key = (value: string | null) => {
    if (target === "rehearsal") return "not read in a rehearsal";
    return value === null ? "not set" : "set";
  };
  const lines: [string, string][] = [
    ["target", target],
    ["model", model ?? "the notebooks' own"],
    ["ceiling", maxUsdPerHour === null ? "none set" : `$${maxUsdPerHour.toFixed(2)} an hour`],
    ["budget", maxUsd === null ? "none set" : `$${maxUsd.toFixed(2)} for all rentals together`],
    ["Runpod key", key(settings.runpodApiKey)],
    ["HF token", key(settings.huggingFaceToken)],
    ["state", relative(projectRoot, stateFolder) || "."],
    ["Node", process.versions.node],
    ...Object.values(settings.withheldKeys).map((sentence): [string, string] => ["mind", sentence]),
  ];
  return alignColumns(lines);
}
