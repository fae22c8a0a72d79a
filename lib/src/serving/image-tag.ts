import { InputError } from "../errors.ts";

/** The image that pods run unless told otherwise: the vLLM whose answers this workbook is tested against. */
export const defaultImage = "vllm/vllm-openai:v0.32.0";

/**
 * The CUDA version that vLLM's images were built with, newest first.
 *
 * Sources: vllm-project/vllm#42738 and ai-dynamo/nixl#2140 (13.0 since 0.20), the Dockerfile at
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
    /** `0.32.0`; `null` for an image that is not vLLM's own, or whose tag is no release. */
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
