export type { WireChunk, WireFailure, WireUsage } from "./wire-chunk.ts";
export { createWireReader, type WireEnd, type WireReader } from "./wire-reader.ts";
