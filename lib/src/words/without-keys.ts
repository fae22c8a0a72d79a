/** An environment without what may be a key and without the workbook's own settings: for a process that outlives this one. */
export function withoutKeys(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const entries = Object.entries(environment);
  return Object.fromEntries(
    entries.filter(([name]) => !/^(RUNPOD|OPENAI|HF|WORKBOOK)_|KEY|TOKEN|SECRET/.test(name)),
  );
}
