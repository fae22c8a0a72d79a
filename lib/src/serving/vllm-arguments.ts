import type { ModelShape } from "./model-shape.ts";

/** The port that the server listens on, and that the pod's proxy looks for. */
export const serverPort = 8_000;

/** The share of a card's memory that vLLM may take, which the plan's figures rest on. */
export const memoryShare = "0.90";

/** Makes the arguments of `vllm serve`, the model first; nothing secret is among them. */
export function makeVllmArguments(options: {
  model: ModelShape;
  maxModelTokens: number;
  gpuCount: number;
  kvCacheDtype: "auto" | "fp8";
  extraArguments: readonly string[];
}): string[] {
  const { model, maxModelTokens, gpuCount, kvCacheDtype, extraArguments } = options;
  return [
    model.id,
    "--served-model-name",
    model.id,
    "--host",
    "0.0.0.0",
    "--port",
    String(serverPort),
    "--tensor-parallel-size",
    String(gpuCount),
    "--max-model-len",
    String(maxModelTokens),
    "--gpu-memory-utilization",
    memoryShare,
    ...(kvCacheDtype === "fp8" ? ["--kv-cache-dtype", "fp8"] : []),
    ...model.vllmArguments,
    ...extraArguments,
  ];
}

/**
 * Writes the arguments as the one string that RunPod takes for an image's own entrypoint.
 *
 * Images before vLLM 0.20 may start another program, which wants the model behind `--model`.
 */
export function joinArguments(vllmArguments: readonly string[], startsVllmServe: boolean): string {
  const own = startsVllmServe ? vllmArguments : ["--model", ...vllmArguments];
  return own.map(quote).join(" ");
}

function quote(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
