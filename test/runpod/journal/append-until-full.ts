import { dirname } from "node:path";
import { openJournal } from "../../../lib/src/runpod/journal/journal.ts";

// Appends intents to the journal that it is given until that fails, or as often as it is told; prints what was written.

const [path = "", times = "1000"] = process.argv.slice(2);
const stateFolder = dirname(dirname(dirname(path)));
const journal = openJournal({ stateFolder, target: "runpod", apiUrl: "https://api.runpod.io/v2" });
const written: string[] = [];
let error = "";
try {
  for (let count = 0; count < Number(times); count++) {
    const number = (process.pid % 1296) * 1296 + (written.length % 1296);
    const stem = `workbook-0123456789-${number.toString(36).padStart(6, "0")}`;
    journal.append({
      ...{ kind: "intent", stem, model: "org/model", gpuCount: 1, idleMinutes: null, keyFingerprint: "a:b" },
      deadlineAt: "2026-11-24T09:00:00.000Z",
      creator: { pid: process.pid, startedAt: "then", host: "here" },
    });
    written.push(stem);
  }
} catch (cause) {
  error = String(cause);
}
process.stdout.write(JSON.stringify({ written, error }));
