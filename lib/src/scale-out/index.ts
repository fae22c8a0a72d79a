export { chooseForm, type FormRequest, type SaturationSign, signsOfSaturation } from "./choose/index.ts";
export {
  type ClusterPlan,
  type ClusterPlanRequest,
  describeClusterPlan,
  planCluster,
} from "./cluster/index.ts";
export {
  evenness,
  isRouterInstalled,
  type Router,
  type RouterOptions,
  type RouterPolicy,
  type RouterWorker,
  type ScalingRow,
  scalingEfficiency,
  startRouter,
} from "./router/index.ts";
export {
  CreateEndpointError,
  type CreateEndpointOptions,
  createEndpoint,
  describeEndpointPlan,
  EndpointNotReadyError,
  type EndpointPlan,
  type EndpointPlanRequest,
  listServerlessPools,
  loadBalancerLimits,
  openServerlessEndpoint,
  type PoolCandidate,
  type PoolOffer,
  planEndpoint,
  waitUntilEndpointReady,
} from "./serverless/index.ts";
