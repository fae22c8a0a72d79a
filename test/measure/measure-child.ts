import { connectEndpoint } from "../../lib/src/endpoint/index.ts";
import { measureThroughput } from "../../lib/src/measure/index.ts";

// Measures the endpoint that it is told, and prints what came out.

const [baseUrl = "", apiKey = ""] = process.argv.slice(2);
const endpoint = await connectEndpoint({ baseUrl, apiKey });
const { levels } = await measureThroughput(endpoint, {
  streams: [4],
  requestsPerStream: 3,
  promptTokens: 40,
  outputTokens: 12,
  rampMs: 0,
  seed: 1,
  write() {},
});
const [level] = levels;
console.log(
  JSON.stringify({
    completed: level?.requests.completed,
    clientTokens: level?.clientTokens,
    serverTokens: level?.server?.generationTokens,
    errors: level?.requests.errors,
  }),
);
