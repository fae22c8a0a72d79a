import { InputError } from "../errors.ts";
import { type ModelShape, testedVllmVersion } from "../facts/index.ts";
import { type Adapter, makeAdapterArguments } from "./adapters.ts";
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
  adapters: readonly Adapter[];
  toolArguments: readonly string[];
  extraArguments: readonly string[];
}): string[] {
  const { model, maxModelTokens, gpuCount, kvCacheDtype, adapters, toolArguments, extraArguments } = options;
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
    ...toolArguments,
    ...makeAdapterArguments(adapters),
    ...extraArguments,
  ];
}

/**
 * Writes the arguments as the one string that Runpod takes for an image's own entrypoint.
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
  const adapts = "Use the field adapters: it counts their memory, and readiness looks for their names.";
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
    "--enable-lora": adapts,
    "--no-enable-lora": adapts,
    "--lora-modules": adapts,
    "--max-loras": adapts,
    "--max-lora-rank": adapts,
    "--middleware": "The pod's start script sets its own.",
  };
  for (const argument of given) {
    const [flag = ""] = argument.trim().split(/[=\s]/);
    const name = flag.startsWith("--") ? flag.replaceAll("_", "-") : flag;
    // vLLM takes the beginning of a flag for the flag, as Python's argparse does.
    const isCut = /^--./.test(name);
    const own = Object.entries(ownFlags).find(([key]) => key === name || (isCut && key.startsWith(name)));
    if (own === undefined) continue;
    const [, remedy] = own;
    // Without the value: it might be a key.
    throw new InputError(`${caller.name}: extraArguments has ${flag}, which the plan sets itself.`, {
      remedy,
      field: "extraArguments",
    });
  }
}

/** The image that pods run unless told otherwise. */
export const defaultImage = `vllm/vllm-openai:v${testedVllmVersion}`;

/**
 * The CUDA version that vLLM's images were built with, newest first.
 *
 * Sources: vllm-project/vllm#42738 and ai-dynamo/nixl#2140 (13.0 since 0.20; so say the kernels in the wheel of 0.33.0), the Dockerfile at
 * vllm-project/vllm@275de34 (12.9), vllm-project/vllm#5635 (12.4 since 0.4.3); read on 2026-11-24. Where two versions
 * are possible the higher one stands: it leaves out a host that might do, never takes one that cannot.
 */
const cudaFloors: readonly { since: string; cuda: string }[] = [
  { since: "0.20.0", cuda: "13.0" },
  { since: "0.11.0", cuda: "12.9" },
  { since: "0.9.0", cuda: "12.8" },
  { since: "0.4.3", cuda: "12.4" },
];

const movingTags = ["latest", "nightly", "main", "dev"];

/**
 * Reads an image's tag: the vLLM version, the CUDA floor of its hosts, and what to beware of.
 *
 * @throws InputError where there is no tag, or one that means another image tomorrow.
 */
export function readImageTag(image: string, caller: string) {
  const { repository, tag } = splitImage(image, caller);
  const options = { remedy: `Pin one, for example ${defaultImage}.`, field: "image" };
  if (tag === null) {
    const problem = `image "${image}" has no tag, so it would mean another image tomorrow`;
    throw new InputError(`${caller}: ${problem}.`, options);
  }
  if (movingTags.some((moving) => tag === moving || tag.startsWith(`${moving}-`) || tag.endsWith(moving))) {
    const problem = `the tag of image "${image}" moves, and hosts keep old copies of it`;
    throw new InputError(`${caller}: ${problem}.`, options);
  }
  const release = /^v?(\d+\.\d+\.\d+)/.exec(tag);
  if (!/(^|\/)vllm\/vllm-openai$/.test(repository) || release === null) {
    const warning =
      `What CUDA version ${image} needs is not known here: give minCudaVersion, ` +
      "or the pod may land on a host whose driver is too old.";
    const unknown = { vllmVersion: null, minCudaVersion: null, startsVllmServe: true };
    return { image, tag, ...unknown, warnings: [warning] };
  }
  const vllmVersion = release[1] ?? "";
  return {
    image,
    tag,
    /** `0.33.0`; `null` for an image that is not vLLM's own, or whose tag is no release. */
    vllmVersion,
    /** The lowest CUDA version that a host must offer, as `major.minor`; `null` where it is not known. */
    minCudaVersion: findCudaFloor(tag, vllmVersion),
    /** Whether the image starts `vllm serve`, which takes the model as its first argument. */
    startsVllmServe: isAtLeast(vllmVersion, "0.20.0"),
    warnings: listWarnings(tag, vllmVersion),
  };
}

// A registry's port also stands behind a colon: the tag is what follows the last slash.
function splitImage(image: string, caller: string): { repository: string; tag: string | null } {
  const [name = ""] = image.trim().split("@");
  const colon = name.indexOf(":", name.lastIndexOf("/") + 1);
  if (name === "" || /\s/.test(name)) {
    throw new InputError(`${caller}: image "${image}" is not the name of an image.`, {
      remedy: `It looks like ${defaultImage}.`,
      field: "image",
    });
  }
  return colon < 0
    ? { repository: name, tag: null }
    : { repository: name.slice(0, colon), tag: name.slice(colon + 1) || null };
}

function findCudaFloor(tag: string, version: string): string | null {
  const suffix = /-cu(\d\d)(\d)/.exec(tag);
  if (suffix !== null) return `${suffix[1]}.${suffix[2]}`;
  return cudaFloors.find((floor) => isAtLeast(version, floor.since))?.cuda ?? null;
}

function listWarnings(tag: string, version: string): string[] {
  const warnings: string[] = [];
  if (/-cu12\d/.test(tag) && isAtLeast(version, "0.25.0")) {
    warnings.push(
      `The tag ${tag} is reported to crash at import, for want of a CUDA 13 library (vllm-project/vllm#48592): ` +
        "the same tag without its suffix is the safe one.",
    );
  }
  if (!isAtLeast(version, "0.20.0")) {
    warnings.push(
      `${tag} is an older vLLM than this workbook is tested with (${defaultImage}): ` +
        "flags and answers may differ, and some older images serve a small default model if they miss --model.",
    );
  }
  return warnings;
}

function isAtLeast(version: string, floor: string): boolean {
  return compareVersions(version, floor) >= 0;
}

/** Compares versions such as `12.11` and `12.2` part by part, as numbers: below 0 where the first is older. */
export function compareVersions(first: string, second: string): number {
  const firstParts = first.split(".").map(Number);
  const secondParts = second.split(".").map(Number);
  for (let part = 0; part < Math.max(firstParts.length, secondParts.length); part++) {
    const difference = (firstParts[part] ?? 0) - (secondParts[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
