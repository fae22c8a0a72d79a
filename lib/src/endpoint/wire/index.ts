export { createRepeatedEvents, type RepeatedEvents } from "./repeated-events.ts";
export type { WireChunk, WireEnd, WireFailure, WireUsage } from "./wire-chunk.ts";
export { createWireReader } from "./wire-reader.ts";
