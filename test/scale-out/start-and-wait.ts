import { z } from "zod";
import { startRouter } from "../../lib/src/scale-out/index.ts";

// Starts a router, says its process id, and waits to be killed.

const workers = z
  .array(z.object({ baseUrl: z.string(), apiKey: z.string(), model: z.string() }))
  .parse(JSON.parse(process.argv[2] ?? "null"));
const router = await startRouter({ endpoints: workers });
process.send?.(router.pid);
