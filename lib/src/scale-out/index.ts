export { chooseForm, type FormRequest } from "./choose/choose-form.ts";
export { type SaturationSign, signsOfSaturation } from "./choose/signs-of-saturation.ts";
export type { ClusterPlan, ClusterPlanRequest } from "./cluster/cluster-plan.ts";
export { describeClusterPlan } from "./cluster/describe-cluster-plan.ts";
export { planCluster } from "./cluster/plan-cluster.ts";
export { isRouterInstalled } from "./router/router-process.ts";
export { evenness, type ScalingRow, scalingEfficiency } from "./router/scaling-efficiency.ts";
export {
  type Router,
  type RouterOptions,
  type RouterPolicy,
  type RouterWorker,
  startRouter,
} from "./router/start-router.ts";
export { type CreateEndpointOptions, createEndpoint } from "./serverless/create-endpoint.ts";
export { CreateEndpointError } from "./serverless/create-endpoint-error.ts";
export { describeEndpointPlan } from "./serverless/describe-endpoint-plan.ts";
export { EndpointNotReadyError } from "./serverless/endpoint-not-ready-error.ts";
export type { EndpointPlan } from "./serverless/endpoint-plan.ts";
export type { EndpointPlanRequest } from "./serverless/endpoint-request.ts";
export { openServerlessEndpoint } from "./serverless/open-serverless-endpoint.ts";
export { planEndpoint } from "./serverless/plan-endpoint.ts";
export { listServerlessPools, type PoolOffer } from "./serverless/pool-offer.ts";
export { waitUntilEndpointReady } from "./serverless/wait-until-endpoint-ready.ts";
