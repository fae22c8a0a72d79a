export { type DisplayBundle, type DisplayOptions, displayBundle } from "./display-bundle.ts";
export { interruptible, listenForInterrupt } from "./interruptible.ts";
export { findDisplayWriter } from "./tslab-kernel.ts";
