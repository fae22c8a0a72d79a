import { readAdapters, type ServedAdapter } from "./adapters.ts";

/** What arguments of vLLM switch on or off in a server. */
export interface ServerFlags {
  /** `--no-enable-prefix-caching` switches it off. */
  prefixCaching: boolean;
  /** `--enable-prompt-tokens-details`: answers say how much of their prompt the prefix cache held. */
  promptTokensDetails: boolean;
  /** `--enable-auto-tool-choice` with a `--tool-call-parser`: without them every call of a tool is refused. */
  toolCalls: boolean;
  /** `--lora-modules`. */
  adapters: readonly ServedAdapter[];
}

/** Reads the flags from the words of a command, with vLLM's own defaults. */
export function readServerFlags(words: readonly string[]): ServerFlags {
  const isOn = (name: string, byDefault: boolean) => {
    const last = words.findLast((word) => word === `--${name}` || word === `--no-${name}`);
    return last === undefined ? byDefault : last === `--${name}`;
  };
  return {
    prefixCaching: isOn("enable-prefix-caching", true),
    toolCalls:
      isOn("enable-auto-tool-choice", false) && words.some((word) => /^--tool-call-parser(=|$)/.test(word)),
    promptTokensDetails: isOn("enable-prompt-tokens-details", false),
    adapters: readAdapters(words),
  };
}
