export { deleteLeftover } from "./delete-leftover.ts";
export type { Leftover } from "./leftover.ts";
export { listLeftovers } from "./list-leftovers.ts";
