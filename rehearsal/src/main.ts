import { isProcessAlive } from "workbook/files";
import { z } from "zod";
import { loadBestEngine } from "./model-server/load-engine.ts";
import { serveEngine } from "./model-server/model-server.ts";
import { readProcess, writeProcess } from "./rehearsal-file.ts";
import { identitySchema, listOtherUsers } from "./rehearsal-users.ts";
import { startRehearsal } from "./start-rehearsal.ts";

// The rehearsal's own process: started by ensureRehearsal(), found through its file, ended after idle minutes.

const { folder, model, rehearsalModel, engine, idleLimitMs, command } = z
  .object({
    folder: z.string(),
    model: z.string(),
    rehearsalModel: z.string().nullable(),
    engine: z.enum(["llama", "timed"]),
    idleLimitMs: z.number(),
    command: identitySchema.nullable(),
  })
  .parse(JSON.parse(process.argv[2] ?? "null"));

let said = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (text) => {
  said += text;
});
process.stdin.on("end", () => said === "stay" || process.exit(1));

const checkEveryMs = Math.min(1_000, idleLimitMs);
const abandonedMs = 2_000;
const loadedEngine = await loadBestEngine({ engine, modelFile: rehearsalModel ?? undefined });
const server = await serveEngine(loadedEngine, { model });
const standIns = await startRehearsal({ sharedEngine: loadedEngine });
writeProcess(folder, {
  pid: process.pid,
  startedAt: new Date().toISOString(),
  baseUrl: server.baseUrl,
  apiKey: server.apiKey,
  model: server.model,
  rehearsalModel,
  runpodApiUrl: standIns.runpodApiUrl,
  runpodProxyUrl: standIns.runpodProxyUrl,
  huggingFaceUrl: standIns.huggingFaceUrl,
  command,
});

const stop = async () => {
  await standIns.close();
  await server.close();
  process.exit(0);
};
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
setInterval(() => {
  // Where the state folder is gone or names another rehearsal, no command can find this one any more.
  const isForgotten = readProcess(folder)?.pid !== process.pid;
  const idleMs = Math.min(server.idleMs(), standIns.idleMs());
  // The command that started it was killed, and nobody else has come.
  const isAbandoned = () =>
    command !== null &&
    idleMs > abandonedMs &&
    !isProcessAlive(command) &&
    listOtherUsers(folder, command).length === 0;
  if (isForgotten || idleMs > idleLimitMs || isAbandoned()) void stop();
}, checkEveryMs);
