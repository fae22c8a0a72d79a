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

/** Returns an answer without the thoughts that stand in its text; empty where it has not come to the end of them. */
export function withoutThoughts(text: string): string {
  const ends = ["</think>", "[/THINK]"].map((mark) => {
    const at = text.lastIndexOf(mark);
    return at < 0 ? 0 : at + mark.length;
  });
  const end = Math.max(...ends);
  return end === 0 && hasThinkTags(text) ? "" : text.slice(end);
}

/** Says why thoughts stand in the text of an answer, and how the server is told to split them off. */
export function describeThinkTags({ model }: Pick<Endpoint, "model">): string {
  const known = findModel(model)?.vllmArguments ?? [];
  const parser = known[known.indexOf("--reasoning-parser") + 1];
  const flag = known.includes("--reasoning-parser") ? `--reasoning-parser ${parser}` : "--reasoning-parser";
  return (
    "The text contains the thoughts of the model: this server does not separate them from the answer. " +
    `vLLM does with \`${flag}\`.`
  );
}
