import { readFileSync } from "node:fs";

/**
 * The command of a pod with the start script, which closes the doors that vLLM leaves open and ends the pod at its deadline.
 *
 * Not yet tried on a live account; on vLLM 0.32.0 itself it is.
 */
export function guardedCommand(vllmArguments: readonly string[]): { entrypoint: string[]; cmd: string[] } {
  const [start, guard, timer] = ["start_pod", "key_guard", "deadline_timer"].map(readScript);
  return { entrypoint: ["python3", "-c", start ?? "", guard ?? "", timer ?? ""], cmd: [...vllmArguments] };
}

function readScript(name: string): string {
  // The same way from lib/src/runpod/life and from lib/dist/runpod/life.
  return readFileSync(new URL(`../../../pod/${name}.py`, import.meta.url), "utf8");
}
