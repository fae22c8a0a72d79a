import { z } from "zod";
import type { ProcessIdentity } from "../../files/index.ts";

export { identifyProcess, isProcessAlive, type ProcessIdentity } from "../../files/index.ts";

/** A process as the journal keeps it. */
export const processIdentitySchema: z.ZodType<ProcessIdentity> = z.object({
  pid: z.int().positive(),
  startedAt: z.string(),
  host: z.string(),
});
