export { type DeletedEndpoint, deleteEndpoint, endEndpoint, findEndpoint } from "./delete-endpoint.ts";
export { drawEndpointStem, endpointVariables, readEndpointMarks } from "./endpoint-name.ts";
export {
  countWorkers,
  type ListedEndpoint,
  listEndpoints,
  readPoolPrices,
  type WorkerCounts,
} from "./list-endpoints.ts";
export {
  describeEndpoint,
  type EndpointOrId,
  endpointIdOf,
  mayStillCost,
  type ServerlessEndpoint,
} from "./serverless-endpoint.ts";
export { sweepEndpoints } from "./sweep-endpoints.ts";
export { watchEndpoint } from "./watch-endpoint.ts";
