import { z } from "zod";

/**
 * Whether the cards of a machine reach each other's memory past the host's, as the driver says for all pairs of them.
 *
 * Without it what they exchange after each layer goes through the host's memory. With it a driver only allows the direct
 * way: between sockets NCCL may still take the other.
 */
export const peerToPeer = z.enum(["yes", "no", "unknown"]);
export type PeerToPeer = z.output<typeof peerToPeer>;
