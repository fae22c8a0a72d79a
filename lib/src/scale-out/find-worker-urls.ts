import type { Endpoint } from "../endpoint/index.ts";
import { InputError } from "../errors.ts";

/**
 * Finds the address of each worker as the router wants it, and the one key of them all.
 *
 * @throws InputError where there is none, one is named twice, or they differ in model or key.
 */
export function findWorkerUrls(endpoints: readonly Pick<Endpoint, "baseUrl" | "apiKey" | "model">[]): {
  workerUrls: string[];
  apiKey: string;
} {
  const [first] = endpoints;
  if (first === undefined) {
    throw refusal(
      "endpoints is empty",
      "Give at least one: await openEndpoint({ baseUrl, apiKey }) opens one.",
    );
  }
  const models = [...new Set(endpoints.map(({ model }) => model))];
  if (models.length > 1) {
    const remedy = "Start a router for each model: it takes every worker for every request.";
    throw refusal(`the endpoints serve different models: ${models.join(", ")}`, remedy);
  }
  const other = endpoints.find(({ apiKey }) => apiKey !== first.apiKey);
  if (other !== undefined) {
    const hosts = [first, other].map(({ baseUrl }) => new URL(baseUrl).host).join(" and ");
    throw refusal(
      `${hosts} have different keys, but a request carries only one, and any worker can get it`,
      "Start the workers with the same key: createPod(plan, { apiKey }) takes one.",
    );
  }
  const workerUrls = endpoints.map(({ baseUrl }) => {
    // The router puts /v1 behind a worker's address itself.
    if (baseUrl.endsWith("/v1")) return baseUrl.slice(0, -"/v1".length);
    const problem = `${baseUrl} does not end in /v1, where the router looks for the API`;
    throw refusal(problem, "The router takes only servers with vLLM's own paths.");
  });
  const twice = workerUrls.find((url, index) => workerUrls.indexOf(url) !== index);
  if (twice !== undefined) throw refusal(`${twice} is given twice`, "Name each worker once.");
  return { workerUrls, apiKey: first.apiKey };
}

function refusal(problem: string, remedy: string): InputError {
  return new InputError(`startRouter: ${problem}.`, { remedy });
}
