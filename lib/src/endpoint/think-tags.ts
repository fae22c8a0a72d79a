import { findModel } from "../facts/index.ts";
import type { Endpoint } from "./endpoint.ts";

/**
 * Says whether an answer shows the marks between which a reasoning model thinks.
 *
 * The opening one is often part of the prompt, so the closing one alone counts too.
 */
export function hasThinkTags(text: string): boolean {
  return /^\s*(?:<think>|\[THINK\])|<\/think>|\[\/THINK\]/.test(text);
}

/** Says why thoughts stand in the text of an answer, and how the server is told to split them off. */
export function describeThinkTags({ model }: Pick<Endpoint, "model">): string {
  const known = findModel(model)?.vllmArguments ?? [];
  const parser = known[known.indexOf("--reasoning-parser") + 1];
  const flag = known.includes("--reasoning-parser") ? `--reasoning-parser ${parser}` : "--reasoning-parser";
  return (
    "The model thinks aloud, and its thoughts are part of the text: this server does not split them off. " +
    `vLLM does with \`${flag}\`.`
  );
}
