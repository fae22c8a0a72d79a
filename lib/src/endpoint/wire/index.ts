export { createRepeatedEvents, type RepeatedEvents } from "./repeated-events.ts";
export type { WireChunk, WireFailure } from "./wire-chunk.ts";
export { createWireReader, type WireEnd } from "./wire-reader.ts";
