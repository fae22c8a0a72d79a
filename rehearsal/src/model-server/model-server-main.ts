import { z } from "zod";
import { startModelServer } from "./model-server.ts";

// A vLLM-shaped server in a process of its own: started by startModelServerProcess(), ends with the process that did.

const options = z.record(z.string(), z.unknown()).parse(JSON.parse(process.argv[2] ?? "null"));
const server = await startModelServer(options);
process.once("disconnect", () => process.exit());
process.send?.({ baseUrl: server.baseUrl, apiKey: server.apiKey, model: server.model });
