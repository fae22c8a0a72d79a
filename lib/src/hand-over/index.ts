export { type HandedOver, handOver } from "./hand-over.ts";
