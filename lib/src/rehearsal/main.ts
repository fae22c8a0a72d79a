import { z } from "zod";
import { readProcess, writeProcess } from "./rehearsal-process.ts";
import { startModelServer } from "./start-model-server.ts";

// The rehearsal's own process: started by ensureRehearsal(), found through its file, ended after idle minutes.

const { folder, model, rehearsalModel, engine, idleLimitMs } = z
  .object({
    folder: z.string(),
    model: z.string(),
    rehearsalModel: z.string().nullable(),
    engine: z.enum(["llama", "timed"]),
    idleLimitMs: z.number(),
  })
  .parse(JSON.parse(process.argv[2] ?? "null"));

const checkEveryMs = Math.min(1_000, idleLimitMs);
const server = await startWithBestEngine();
writeProcess(folder, {
  pid: process.pid,
  startedAt: new Date().toISOString(),
  baseUrl: server.baseUrl,
  apiKey: server.apiKey,
  model: server.model,
  rehearsalModel,
});

const stop = async () => {
  await server.close();
  process.exit(0);
};
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
setInterval(() => {
  // Somebody removed the state folder, or another rehearsal took this one's place: nobody will find us any more.
  const isForgotten = readProcess(folder)?.pid !== process.pid;
  if (isForgotten || server.idleMs() > idleLimitMs) void stop();
}, checkEveryMs);

async function startWithBestEngine() {
  if (engine === "timed") return startModelServer({ model, engine });
  if (rehearsalModel !== null) return startModelServer({ model, modelFile: rehearsalModel });
  try {
    return await startModelServer({ model });
  } catch (error) {
    // Every step can still be rehearsed; all answers then say that they are simulated.
    console.error(error);
    return startModelServer({ model, engine: "timed" });
  }
}
