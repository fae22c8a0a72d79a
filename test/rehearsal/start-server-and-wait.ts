import { startModelServerProcess } from "../../rehearsal/src/index.ts";

// Starts a model server in a process of its own, says its process id, and waits to be killed.

const { pid } = await startModelServerProcess({ engine: "timed", model: "small" });
process.send?.(pid);
