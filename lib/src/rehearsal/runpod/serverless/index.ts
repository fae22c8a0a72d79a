export { type Autoscaler, createAutoscaler } from "./autoscaler.ts";
export type { Endpoint } from "./endpoint.ts";
export { endpointOperations } from "./endpoint-operations.ts";
export { createGateway } from "./gateway-server.ts";
