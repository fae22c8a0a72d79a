/** What arguments of vLLM switch on or off in a server. */
export interface ServerFlags {
  /** `--no-enable-prefix-caching` switches it off. */
  prefixCaching: boolean;
  /** `--enable-prompt-tokens-details`: answers say how much of their prompt the prefix cache held. */
  promptTokensDetails: boolean;
}

/** Reads the flags from the words of a command, with vLLM's own defaults. */
export function readServerFlags(words: readonly string[]): ServerFlags {
  const isOn = (name: string, byDefault: boolean) => {
    const last = words.findLast((word) => word === `--${name}` || word === `--no-${name}`);
    return last === undefined ? byDefault : last === `--${name}`;
  };
  return {
    prefixCaching: isOn("enable-prefix-caching", true),
    promptTokensDetails: isOn("enable-prompt-tokens-details", false),
  };
}
