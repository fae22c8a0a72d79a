import type { PeerToPeer } from "../../facts/index.ts";
import type { PodLogLine } from "../client/log-stream.ts";

const opening = "workbook: peer-to-peer: ";

/**
 * What `nvidia-smi topo -p2p r` says of a pair that cannot: chipset, GPU or topology not supported, not supported,
 * disabled by a key of the registry. `U` is unknown, and so is any other word.
 */
const refusals = new Set(["CNS", "GNS", "TNS", "NS", "DR"]);

/**
 * Reads from a pod's log what its start script found out: the rows of `nvidia-smi topo -p2p r`, on one line.
 *
 * `yes` where every pair says `OK`, `no` where one refuses, since all cards take part in each exchange. No line, fewer rows
 * than cards, and words that nobody knows are `unknown`.
 */
export function readPeerToPeer(lines: readonly PodLogLine[], gpuCount: number): PeerToPeer {
  const said = lines.findLast(({ text }) => text.startsWith(opening))?.text.slice(opening.length);
  const rows = said?.split("; ").map((row) => row.split(" ").slice(1)) ?? [];
  const isWhole = rows.every((row, index) => row.length === gpuCount && row[index] === "X");
  if (rows.length !== gpuCount || !isWhole) return "unknown";
  const pairs = rows.flatMap((row, index) => row.filter((_, other) => other !== index));
  if (pairs.some((word) => refusals.has(word))) return "no";
  return pairs.length > 0 && pairs.every((word) => word === "OK") ? "yes" : "unknown";
}
