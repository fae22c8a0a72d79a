import { joinArguments } from "../serving/index.ts";

const rayPort = 6_379;

/** Versions that all machines of a cluster must share, as PyPI had them on 2026-11-25. */
const rayVersion = "2.60.0";

// Runpod sets NODE_ADDR, NODE_RANK, PRIMARY_ADDR, NUM_TRAINERS (GPUs of this node) and WORLD_SIZE (of all) on every node
// (docs.runpod.io/instant-clusters/configuration, read on 2026-11-25).
const countGpus = `python3 -c 'import ray; ray.init("auto", log_to_driver=False); print(int(ray.cluster_resources()["GPU"]))'`;

/**
 * Writes what the machines of a cluster run: Ray on all of them, and vLLM on the first once all GPUs have joined.
 *
 * Each machine names itself by its address in the cluster's own network (`VLLM_HOST_IP`), or vLLM takes that of another
 * interface. NCCL wants more shared memory than a container has; where it cannot be raised, that is said in the log.
 */
export function makeStartCommands(
  vllmVersion: string,
  vllmArguments: readonly string[],
): { first: string[]; others: string[] } {
  const prepare = [
    `pip install --quiet 'vllm==${vllmVersion}' 'ray==${rayVersion}'`,
    'export VLLM_HOST_IP="$NODE_ADDR"',
    "mount -o remount,size=32g /dev/shm || df -h /dev/shm",
  ];
  const node = '--node-ip-address="$NODE_ADDR" --num-gpus="$NUM_TRAINERS"';
  return {
    first: [
      ...prepare,
      `ray start --head --port=${rayPort} ${node}`,
      `until [ "$(${countGpus})" -ge "$WORLD_SIZE" ]; do sleep 5; done`,
      `exec vllm serve ${joinArguments(vllmArguments, true)}`,
    ],
    others: [
      ...prepare,
      // It fails until the first machine is up, and again when that one is started anew.
      `until ray start --block --address="$PRIMARY_ADDR:${rayPort}" ${node}; do sleep 5; done`,
    ],
  };
}

/** Makes the one script for all machines, in which each finds its part by its rank. */
export function makeNodeScript(commands: { first: readonly string[]; others: readonly string[] }): string {
  const { first, others } = commands;
  return ["set -eu", 'if [ "$NODE_RANK" = 0 ]; then', ...first, "else", ...others, "fi"].join("\n");
}
