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
    throw new InputError("startRouter: endpoints is empty.", {
      remedy: "Give one at least: await openEndpoint({ baseUrl, apiKey }) opens one.",
    });
  }
  const models = [...new Set(endpoints.map(({ model }) => model))];
  if (models.length > 1) {
    throw new InputError(`startRouter: the endpoints serve different models: ${models.join(", ")}.`, {
      remedy: "Start a router for each model: it takes every worker for every request.",
    });
  }
  const other = endpoints.find(({ apiKey }) => apiKey !== first.apiKey);
  if (other !== undefined) {
    const hosts = [first, other].map(({ baseUrl }) => new URL(baseUrl).host).join(" and ");
    throw new InputError(
      `startRouter: ${hosts} have different keys, and a request carries one, whichever worker it meets.`,
      { remedy: "Start the workers with the same key: createPod(plan, { apiKey }) takes one." },
    );
  }
  const workerUrls = endpoints.map(({ baseUrl }) => workerUrl(baseUrl));
  const twice = workerUrls.find((url, index) => workerUrls.indexOf(url) !== index);
  if (twice !== undefined) {
    throw new InputError(`startRouter: ${twice} is given twice.`, { remedy: "Name each worker once." });
  }
  return { workerUrls, apiKey: first.apiKey };
}

/** The router puts `/v1` behind a worker's address itself. */
function workerUrl(baseUrl: string): string {
  if (baseUrl.endsWith("/v1")) return baseUrl.slice(0, -"/v1".length);
  throw new InputError(`startRouter: ${baseUrl} does not end in /v1, where the router looks for the API.`, {
    remedy: "Only servers with vLLM's own paths stand behind it.",
  });
}
