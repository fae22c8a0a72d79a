import { InputError } from "../errors.ts";
import type { ModelShape } from "../facts/index.ts";
import type { Caller } from "./caller.ts";

/** The port that the server listens on, and that the pod's proxy looks for. */
export const serverPort = 8_000;

/** The share of a card's memory that vLLM may take, which the plan's figures rest on. */
const memoryShare = "0.90";

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

/** Refuses flags that the plan sets itself, and says what to use instead. */
export function checkExtraArguments(given: readonly string[], caller: Caller): void {
  const listens = "The plan lets the server listen where the proxy looks for it.";
  const splits = `Use the field ${caller.gpuCount}.`;
  const ownFlags: Readonly<Record<string, string>> = {
    "--model": "Use the field model.",
    "--host": listens,
    "--port": listens,
    "--api-key": "A key is drawn for each pod and never passed as an argument, where the log would show it.",
    "--max-model-len": "Use the field maxModelTokens.",
    "--tensor-parallel-size": splits,
    "-tp": splits,
    "--gpu-memory-utilization": `The plan's memory figures rest on ${memoryShare}.`,
    "--kv-cache-dtype": "Use the field kvCacheDtype.",
    "--served-model-name": "The model keeps its own name, which readiness looks for.",
    "--middleware": "The pod's start script sets its own.",
  };
  for (const argument of given) {
    const [flag = ""] = argument.trim().split(/[=\s]/);
    const remedy = ownFlags[flag.startsWith("--") ? flag.replaceAll("_", "-") : flag];
    if (remedy === undefined) continue;
    // Without the value: it might be a key.
    throw new InputError(`${caller.name}: extraArguments has ${flag}, which the plan sets itself.`, {
      remedy,
      field: "extraArguments",
    });
  }
}
